import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryAttachmentStore } from "../../src/adapters/memory/attachment-store.ts";
import { boundary, field, file, formBytes } from "../support/form-bytes.ts";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";
import { createManualClock } from "../support/manual-clock.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

const json = { "Content-Type": "application/json" };
const form = { "Content-Type": `multipart/form-data; boundary=${boundary}` };
const login = "/api/auth/login";
const chats = `${chatPath}/chats/`;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A body that a test writes by hand, to an app whose time stands still. */
function open(
  path: string,
  headers: Record<string, string>,
  later?: (work: Promise<unknown>) => void,
) {
  const clock = createManualClock(Date.now());
  const app = rig.appWith({ ports: { clock, ...(later && { later }) } });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  /** Comes back when the piece has been read and the next one is waited for. */
  const write = async (piece: Uint8Array) => {
    await writer.write(piece);
    await rig.ports.clock.sleep(1);
  };
  const answer = app.call(path, { as: rig.alice, headers, body: readable, method: "POST" });
  /** Only once the request waits for its body does time pass for it. */
  const pass = async (ms: number, waiting: number) => {
    await expect.poll(() => clock.waiting()).toBe(waiting);
    clock.advance(ms);
  };
  return { clock, writer, write, answer, pass };
}

describe("a body that does not come", () => {
  it.each([login, chats, `${chatPath}/chats/mark-read/`])(
    "is given up after 9 s: JSON at %s [BODY-1]",
    async (path) => {
      const { clock, answer, pass } = open(path, json);
      await pass(9_000, 2);
      expect(await problemOf(await answer)).toMatchObject({ status: 408, code: "request-timeout" });
      expect(clock.waiting()).toBe(0);
    },
  );

  it("is given up after 9 s, however many bytes trickle in: JSON [BODY-1]", async () => {
    const { write, answer, pass } = open(login, json);
    await write(bytes("{"));
    for (let second = 0; second < 8; second += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one second after the other
      await pass(1_000, 2);
      // oxlint-disable-next-line no-await-in-loop -- one second after the other
      await write(bytes(" "));
    }
    await pass(1_000, 2);
    expect((await answer).status).toBe(408);
  });

  it("is given up after 20 s without a byte, and leaves nothing: a form [BODY-1] [FILE-2]", async () => {
    const before = await rig.countMessages();
    const { clock, write, answer, pass } = open(chats, form);
    const parts = [field("receiver_id", String(rig.bob.person.id)), file(new Uint8Array(9_000))];
    await write(formBytes(parts).slice(0, 6_000));
    await pass(19_000, 1);
    await write(new Uint8Array(10));
    await pass(19_000, 1);
    await pass(1_000, 1);
    expect(await problemOf(await answer)).toMatchObject({ status: 408, code: "request-timeout" });
    expect(clock.waiting()).toBe(0);
    expect(await rig.countMessages()).toBe(before);
  });

  it("is given up after 10 minutes, however it trickles in: a form [BODY-1]", async () => {
    const { write, answer, pass } = open(chats, form);
    await write(formBytes([file(new Uint8Array(9_000))]).slice(0, 6_000));
    for (let quarter = 0; quarter < 39; quarter += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one quarter of a minute after the other
      await pass(15_000, 1);
      // oxlint-disable-next-line no-await-in-loop -- one quarter of a minute after the other
      await write(new Uint8Array(1));
    }
    await pass(15_000, 1);
    expect((await answer).status).toBe(408);
  });
});

describe("a body that breaks", () => {
  it.each([
    [login, json, "malformed-json"],
    [chats, json, "malformed-json"],
    [chats, form, "malformed-multipart"],
  ])("is the sender's failure and not logged: %s %o [BODY-1]", async (path, headers, code) => {
    rig.logged.length = 0;
    const { writer, write, answer } = open(path, headers);
    await write(bytes("{"));
    await writer.abort(new Error("a chunk of size ZZ"));
    expect(await problemOf(await answer)).toMatchObject({ status: 400, code });
    expect(rig.logged).toEqual([]);
  });

  it("is seen through to the end of its clean-up [FILE-2]", async () => {
    const attachments = createMemoryAttachmentStore();
    const cleaned = Promise.withResolvers<void>();
    attachments.put = async (_id, source) => {
      try {
        await Array.fromAsync(source);
        throw new Error("the file is whole");
      } finally {
        await cleaned.promise;
      }
    };
    const kept: Promise<unknown>[] = [];
    const app = rig.appWith({ ports: { attachments, later: (work) => void kept.push(work) } });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const answer = app.call(chats, { as: rig.alice, headers: form, body: readable });
    await writer.write(formBytes([file(new Uint8Array(2_000_000))]).slice(0, 1_900_000));
    await writer.abort(new Error("reset"));
    expect(kept).toHaveLength(1);
    const isOver = await Promise.race([kept[0]!.then(() => true), rig.ports.clock.sleep(50)]);
    expect(isOver).toBeUndefined();
    cleaned.resolve();
    await kept[0];
    expect((await answer).status).toBe(400);
  });
});
