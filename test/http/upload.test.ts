import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryAttachmentStore } from "../../src/adapters/memory/attachment-store.ts";
import type { AttachmentStore } from "../../src/ports/attachment-store.ts";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { ChatError } from "../../src/protocol/error.ts";
import {
  boundary,
  field,
  file,
  formBytes,
  pngOf,
  samples,
  streamOf,
} from "../support/form-bytes.ts";
import type { RawPart } from "../support/form-bytes.ts";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { Call, HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;
/** Ids of the files that are there now. */
let stored: Set<string>;
let attachments: AttachmentStore;
let app: { call(path: string, call?: Call): Promise<Response> };
const mostBytes = 100_000;

beforeAll(async () => {
  rig = await openHttpRig();
  const memory = createMemoryAttachmentStore();
  stored = new Set();
  attachments = {
    ...memory,
    async put(id, source, description) {
      const file = await memory.put(id, source, description);
      stored.add(id);
      return file;
    },
    async remove(id) {
      stored.delete(id);
      await memory.remove(id);
    },
  };
  const limits = { ...rig.ports.config.limits, attachmentBytes: mostBytes };
  app = rig.appWith({ config: { limits }, ports: { attachments } });
});
afterAll(() => rig.close());

const to = () => field("receiver_id", String(rig.bob.person.id));

function upload(parts: RawPart[], more: Call = {}, bytes = formBytes(parts)): Promise<Response> {
  const headers = { "Content-Type": `multipart/form-data; boundary=${boundary}`, ...more.headers };
  return app.call(`${chatPath}/chats/`, {
    as: rig.alice,
    method: "POST",
    body: streamOf(bytes, 4_096),
    ...more,
    headers,
  });
}

async function sent(parts: RawPart[]): Promise<ChatMessage> {
  const response = await upload(parts);
  expect(response.status).toBe(201);
  return (await response.json()) as ChatMessage;
}

/** The answer to a bad upload, which leaves neither a file nor a message. */
async function refusal(parts: RawPart[], more?: Call, bytes?: Uint8Array<ArrayBuffer>) {
  const before = [await rig.countMessages(), stored.size];
  const { status, code } = await problemOf(await upload(parts, more, bytes));
  expect([await rig.countMessages(), stored.size]).toEqual(before);
  return [status, code];
}

describe("a form with a file", () => {
  it("becomes a message that carries it [FORM-1]", async () => {
    const message = await sent([
      to(),
      field("message", "look"),
      file(samples.png, { fileName: "a.png" }),
    ]);
    const id = /^attachments\/([0-9a-f]{32})\/a\.png$/.exec(message.attachment!)![1]!;
    expect(stored.has(id)).toBe(true);
    expect(message).toMatchObject({
      message: "look",
      attachment_type: "image",
      attachment_name: "a.png",
      attachment_size: samples.png.length,
    });
    expect(message.attachment_url).toMatch(
      new RegExp(
        `^http://localhost${chatPath}/attachments/${id}/a\\.png\\?expires=\\d+&signature=`,
      ),
    );
  });

  it("that is refused because too much waits leaves no file behind [SEND-7] [FILE-2]", async () => {
    const { enter } = rig.ports.sendGate;
    rig.ports.sendGate.enter = () => ({ allowed: false, retryAfterMs: 1_000 });
    try {
      expect(await refusal([to(), file(samples.png)])).toEqual([503, "overloaded"]);
    } finally {
      rig.ports.sendGate.enter = enter;
    }
  });

  it("may name the file first and needs no text [FORM-1]", async () => {
    const message = await sent([file(samples.text), to()]);
    expect(message).toMatchObject({ message: "", attachment_type: "document" });
  });

  it("may be a form without a file [FORM-1]", async () => {
    const parts = [to(), field("message", "no file"), field("attachment", ""), field("foo", "bar")];
    expect(await sent(parts)).toMatchObject({ message: "no file", attachment: null });
    const asBrowser = [to(), field("message", "x"), file("", { fileName: "" })];
    expect(await sent(asBrowser)).toMatchObject({ attachment: null });
  });

  it("takes FormData as a browser makes it [FORM-1]", async () => {
    const form = new FormData();
    form.append("receiver_id", String(rig.bob.person.id));
    form.append("message", "from a browser");
    form.append("attachment", new File([samples.gif], "été 🎉.gif", { type: "text/html" }));
    const response = await app.call(`${chatPath}/chats/`, { as: rig.alice, body: form });
    expect(await response.json()).toMatchObject({
      attachment_type: "image",
      attachment_name: "été 🎉.gif",
    });
  });

  it.each<[keyof typeof samples, string]>([
    ["png", "image"],
    ["gif", "image"],
    ["jpeg", "image"],
    ["webp", "image"],
    ["mp4", "video"],
    ["mp3", "audio"],
    ["pdf", "document"],
    ["svg", "document"],
    ["html", "document"],
    ["text", "document"],
  ])("is judged by its bytes: %s is %s [FILE-1]", async (sample, kind) => {
    const named = file(samples[sample], { fileName: "cat.jpg", type: "image/jpeg" });
    expect(await sent([to(), named])).toMatchObject({ attachment_type: kind });
  });

  it("is a document when its picture is larger than 40 megapixels [FILE-1]", async () => {
    const kindOf = async (width: number, height: number) =>
      (await sent([to(), file(pngOf(width, height))])).attachment_type;
    expect(await kindOf(8_000, 5_000)).toBe("image");
    expect(await kindOf(8_000, 5_001)).toBe("document");
    expect(await kindOf(2 ** 31, 2 ** 31)).toBe("document");
    expect(await kindOf(0, 5_000)).toBe("document");
  });

  it("is cleaned of a name that misleads [FILE-4]", async () => {
    const message = await sent([to(), file("x", { fileName: "../../etc/\u202Etxt.exe" })]);
    expect(message.attachment_name).toBe("txt.exe");
  });

  it("may be as large as the limit [FILE-4]", async () => {
    const message = await sent([to(), file(new Uint8Array(mostBytes))]);
    expect(message.attachment_size).toBe(mostBytes);
  });

  it("is sent once for one client_id, and its second file is given up [FILE-2]", async () => {
    const parts = [to(), field("client_id", "with-file"), file(samples.png)];
    const first = await sent(parts);
    const before = stored.size;
    const again = await upload(parts);
    expect(again.status).toBe(200);
    expect(((await again.json()) as ChatMessage).id).toBe(first.id);
    expect(stored.size).toBe(before);
    const other = [to(), field("client_id", "with-file"), file(samples.gif)];
    expect(await refusal(other)).toEqual([409, "idempotency-conflict"]);
  });
});

describe("a form that is refused", () => {
  it.each<[string, () => RawPart[], number, string]>([
    [
      "one byte too large",
      () => [to(), file(new Uint8Array(mostBytes + 1))],
      413,
      "payload-too-large",
    ],
    ["with an empty file", () => [to(), file("")], 400, "invalid-request"],
    ["with two files", () => [to(), file("a"), file("b")], 400, "invalid-request"],
    ["with a file elsewhere", () => [to(), file("a", { name: "photo" })], 400, "invalid-request"],
    ["with an attachment of text", () => [to(), field("attachment", "x")], 400, "invalid-request"],
    ["with two receivers", () => [to(), to(), file("a")], 400, "invalid-request"],
    ["without a receiver", () => [field("message", "x"), file("a")], 400, "invalid-request"],
    [
      "with a file before a bad receiver",
      () => [file("a"), field("receiver_id", "x")],
      400,
      "invalid-request",
    ],
    ["to nobody", () => [field("receiver_id", "99999999"), file("a")], 404, "not-found"],
    ["without anything", () => [to()], 400, "empty-message"],
    [
      "with too long a text",
      () => [file("a"), to(), field("message", "x".repeat(4_001))],
      400,
      "text-too-long",
    ],
    [
      "with 11 parts",
      () => [to(), ...Array.from({ length: 10 }, () => field("f", "x"))],
      413,
      "payload-too-large",
    ],
  ])("leaves nothing: %s [FILE-2] [ERR-1]", async (...[, parts, status, code]) => {
    expect(await refusal(parts())).toEqual([status, code]);
  });

  it("leaves nothing when it breaks off [FILE-2]", async () => {
    const bytes = formBytes([to(), field("message", "x"), file(new Uint8Array(50_000))]);
    expect(await refusal([], {}, bytes.slice(0, 25_000))).toEqual([400, "malformed-multipart"]);
  });

  it("leaves nothing without a boundary [FILE-2]", async () => {
    const headers = { "Content-Type": "multipart/form-data" };
    expect(await refusal([to()], { headers })).toEqual([400, "malformed-multipart"]);
  });

  it("is not read to its end when its fields are nonsense [FORM-1]", async () => {
    let pulled = 0;
    const head = formBytes([field("receiver_id", "nobody"), file(new Uint8Array(1_000))], "");
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(pulled === 0 ? head : new Uint8Array(65_536));
        pulled += 1;
      },
    });
    expect(await refusal([], { body })).toEqual([400, "invalid-request"]);
    expect(pulled).toBeLessThan(5);
  });

  it("is refused as a whole when the files are away; text still goes [FILE-2] [ERR-4]", async () => {
    const away: AttachmentStore = {
      ...attachments,
      put: () => Promise.reject(new ChatError("attachments-unavailable")),
    };
    const without = rig.appWith({ ports: { attachments: away } });
    const headers = { "Content-Type": `multipart/form-data; boundary=${boundary}` };
    const post = (parts: RawPart[]) =>
      without.call(`${chatPath}/chats/`, { as: rig.alice, headers, body: formBytes(parts) });
    const before = await rig.countMessages();
    expect(await problemOf(await post([to(), file("a")]))).toMatchObject({
      status: 503,
      code: "attachments-unavailable",
    });
    expect(await rig.countMessages()).toBe(before);
    expect((await post([to(), field("message", "still here")])).status).toBe(201);
  });
});
