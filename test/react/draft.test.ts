import { describe, expect, test } from "vitest";
import {
  addFiles,
  canSend,
  charactersLeft,
  draftOf,
  removeFile,
  sendDraft,
  setText,
} from "../../src/react/draft.ts";
import { createSampleChat, sampleUser } from "../support/sample-chat-client.ts";

const alice = sampleUser(1, "Alice Moreau");
const mebibyte = 1024 * 1024;

function file(name: string, size = 3): File {
  return new File([new Uint8Array(size)], name);
}

function start() {
  const { client, calls } = createSampleChat(alice);
  const thread = client.thread(2);
  return { client, thread, draft: draftOf(thread), calls };
}

describe("a draft", () => {
  test("is kept for each person", () => {
    const { client, thread, draft } = start();
    setText(draft, "Hello");
    expect(draftOf(client.thread(3)).get().text).toBe("");
    expect(draftOf(thread).get().text).toBe("Hello");
  });

  test("goes out without the blanks around it", () => {
    const { thread, draft, calls } = start();
    setText(draft, "  Hello\nyou \n");
    expect(sendDraft(thread)).toBe(true);
    expect(calls).toEqual(["thread 2 send client-2-1 Hello\nyou", "thread 2 stopTyping"]);
    expect(draft.get()).toEqual({ text: "", files: [], refused: null });
  });

  test.each(["", "  \n\t", "\u200b\u2060", "\u2800"])(
    "with nothing to see in it stays: %j",
    (text) => {
      const { thread, draft, calls } = start();
      setText(draft, text);
      expect(sendDraft(thread)).toBe(false);
      expect(calls).toEqual([]);
    },
  );

  test("sends each file by itself, and the text with the first", () => {
    const { thread, draft, calls } = start();
    addFiles(draft, [file("a.png"), file("b.pdf")]);
    setText(draft, "Look");
    sendDraft(thread);
    expect(calls.slice(0, 2)).toEqual([
      "thread 2 send client-2-1 Look with a.png",
      "thread 2 send client-2-2  with b.pdf",
    ]);
  });

  test("takes files up to 25 MiB, and says which one it did not take", () => {
    const { draft } = start();
    addFiles(draft, [file("most.bin", 25 * mebibyte), file("more.bin", 25 * mebibyte + 1)]);
    expect(draft.get().files.map(({ file }) => file.name)).toEqual(["most.bin"]);
    expect(draft.get().refused).toEqual({ name: "more.bin", reason: "too-large" });
    addFiles(draft, [file("none.txt", 0)]);
    expect(draft.get().refused).toEqual({ name: "none.txt", reason: "empty" });
    const [most] = draft.get().files;
    removeFile(draft, most?.key ?? -1);
    expect(draft.get()).toEqual({ text: "", files: [], refused: null });
  });

  test("has up to 4,000 characters as people count them", () => {
    const { draft } = start();
    setText(draft, "😀".repeat(4_000));
    expect(charactersLeft(draft.get().text)).toBe(0);
    expect(canSend(draft.get())).toBe(true);
    setText(draft, "😀".repeat(4_001));
    expect(canSend(draft.get())).toBe(false);
  });
});
