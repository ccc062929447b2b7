import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageForm, signIn } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import * as documented from "./documented.ts";
import type { ConversationRow, History, HistoryMessage } from "./documented.ts";
import { expectShape } from "./expect-shape.ts";

const largest = 50_000;
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;

beforeAll(async () => {
  const limits = JSON.stringify({ sendBurst: 1_000, attachmentBytes: largest });
  server = await startServer({ DEMO: "off", LIMITS: limits });
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
});

afterAll(() => server?.dispose());

async function sendFile(
  name: string,
  bytes: string | Uint8Array<ArrayBuffer>,
  type: string,
): Promise<HistoryMessage> {
  const form = messageForm(john.id, "See this", new File([bytes], name, { type }));
  const response = await jane.call("chats/", { body: form });
  expect(response.status).toBe(201);
  return (await response.json()) as HistoryMessage;
}

function linkOf(message: HistoryMessage): URL {
  return new URL(message.attachment_url ?? "", server.url);
}

describe("an image", () => {
  test("travels with its message, in the answer, on the stream and in the history", async () => {
    const atJohn = await john.listen();
    await atJohn.waitFor("ready");
    const message = await sendFile("dot.png", png, "image/png");
    expectShape(message, documented.sent);
    expect(message).toMatchObject({ attachment_type: "image", message: "See this" });
    expect(message.attachment).toContain("dot.png");
    const { data } = await atJohn.waitFor("message");
    expectShape(data, documented.events.message);
    expect(data).toMatchObject({
      attachment: message.attachment,
      attachment_type: "image",
      attachment_url: message.attachment_url,
    });
    await atJohn.close();
    const page = await john.get<History>(`chats/conversation/${jane.id}/`);
    expect(page.messages[0]).toMatchObject({ attachment: message.attachment });
  });

  test("is shown inline by its link, without a header, byte for byte [FILE-1]", async () => {
    const response = await fetch(linkOf(await sendFile("dot.png", png, "image/png")));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(response.headers.get("content-disposition")).toMatch(/^inline/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(png);
  });

  test("is its bytes' and not its name's or its sender's word [FILE-1]", async () => {
    const message = await sendFile("notes.txt", png, "text/plain");
    expect(message.attachment_type).toBe("image");
  });

  test("needs no text beside it", async () => {
    const form = messageForm(john.id, "", new File([png], "alone.png", { type: "image/png" }));
    const response = await jane.call("chats/", { body: form });
    expect(response.status).toBe(201);
    const rows = await john.get<ConversationRow[]>("chats/conversations/");
    expectShape(rows, documented.conversations);
  });
});

describe("a document", () => {
  const page = `<html><script>fetch("/api/auth/me")</script></html>`;

  test("that holds HTML is downloaded and never shown, whatever it calls itself [FILE-1]", async () => {
    for (const [name, type] of [
      ["page.html", "text/html"],
      ["photo.png", "image/png"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      const message = await sendFile(name, page, type);
      expect(message.attachment_type).toBe("document");
      // oxlint-disable-next-line no-await-in-loop -- likewise
      const response = await fetch(linkOf(message));
      expect(response.headers.get("content-disposition")).toMatch(/^attachment/);
      expect(response.headers.get("content-type")).not.toMatch(/html|image/);
      expect(response.headers.get("content-security-policy")).toContain("sandbox");
      // oxlint-disable-next-line no-await-in-loop -- likewise
      expect(await response.text()).toBe(page);
    }
  });

  test("keeps its name, whatever it is written in", async () => {
    const message = await sendFile("Отчёт – 報告.pdf", "%PDF-1.7\n%%EOF\n", "application/pdf");
    expect(message).toMatchObject({ attachment_type: "document" });
    const response = await fetch(linkOf(message));
    const disposition = response.headers.get("content-disposition") ?? "";
    expect(decodeURIComponent(disposition)).toContain("Отчёт – 報告.pdf");
  });
});

describe("a part of a file", () => {
  test("is answered with 206, and a part beyond its end with 416", async () => {
    const link = linkOf(await sendFile("dot.png", png, "image/png"));
    const part = await fetch(link, { headers: { range: "bytes=1-3" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 1-3/${png.length}`);
    expect(await part.text()).toBe("PNG");
    const end = await fetch(link, { headers: { range: "bytes=-4" } });
    expect(Buffer.from(await end.arrayBuffer())).toEqual(png.subarray(-4));
    const beyond = await fetch(link, { headers: { range: "bytes=9999-" } });
    expect(beyond.status).toBe(416);
    await beyond.body?.cancel();
  });
});

describe("a link", () => {
  test("that is forged, changed or to nothing is the same 404 [FILE-3]", async () => {
    const link = linkOf(await sendFile("dot.png", png, "image/png"));
    const change = (edit: (url: URL) => void): URL => {
      const url = new URL(link);
      edit(url);
      return url;
    };
    const forged = [
      change((url) => url.searchParams.set("signature", "A".repeat(43))),
      change((url) => url.searchParams.set("expires", "9999999999")),
      change((url) => url.searchParams.delete("signature")),
      change((url) => (url.search = "")),
      change((url) => (url.pathname = url.pathname.replace(/[0-9a-f]{32}/, "0".repeat(32)))),
    ];
    for (const url of forged) {
      // oxlint-disable-next-line no-await-in-loop -- one link after the other
      const response = await fetch(url);
      // oxlint-disable-next-line no-await-in-loop -- likewise
      const body: unknown = await response.json();
      expect([response.status, url.href, body]).toMatchObject([404, {}, { code: "not-found" }]);
    }
  });
});

describe("a file over the limit", () => {
  test("is refused and leaves no message behind [ERR-1]", async () => {
    const path = `chats/conversation/${john.id}/?limit=1`;
    const before = await jane.get<History>(path);
    const file = new File([new Uint8Array(largest + 1)], "large.bin");
    const response = await jane.call("chats/", { body: messageForm(john.id, "Large", file) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "payload-too-large" });
    expect((await jane.get<History>(path)).messages).toEqual(before.messages);
  });

  test("and one of exactly the limit differ by that byte", async () => {
    const message = await sendFile("edge.bin", new Uint8Array(largest), "");
    expect(message).toMatchObject({ attachment_type: "document", attachment_size: largest });
  });
});
