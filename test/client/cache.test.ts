import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { describe, expect, test } from "vitest";
import { openIndexedDBCache } from "../../src/client/cache-indexed-db.ts";
import { createMemoryCache } from "../../src/client/cache-memory.ts";
import { cacheNameOf } from "../../src/client/cache-name.ts";
import { createCacheWriter } from "../../src/client/cache-writer.ts";
import type { Cache, CacheChange } from "../../src/client/cache.ts";
import { createOutgoing } from "../../src/client/outbox-entry.ts";
import { otherId, ownMessage, receivedMessage, run, viewerId } from "./support/sample-messages.ts";

const readAt = "2026-01-09T12:00:00.000Z";
const nobody = { viewer: null, cursor: null, conversations: [], people: [] };
const user = {
  id: otherId,
  username: "user9",
  full_name: "Name 9",
  avatar: null,
  is_online: false,
  last_seen: null,
};
const row = {
  conversation_id: 1,
  other_user: user,
  last_message: "message 1",
  last_message_at: readAt,
  last_message_by_me: false,
  unread_count: 1,
  is_typing: false,
  updated_at: readAt,
  last_seq: 1,
};

async function seqsOf(cache: Cache): Promise<number[]> {
  return (await cache.readMessages(otherId, viewerId)).map(({ seq }) => seq);
}

describe.each([
  { name: "in IndexedDB", open: () => openIndexedDBCache(new IDBFactory(), "test") },
  { name: "in memory", open: async () => createMemoryCache() },
])("a cache $name", ({ open }) => {
  test("is empty at first", async () => {
    const cache = await open();
    expect(await cache.read()).toEqual(nobody);
    expect(await seqsOf(cache)).toEqual([]);
    expect(await cache.readOutbox()).toEqual([]);
  });

  test("keeps what it was given, each once", async () => {
    const cache = await open();
    const change = { viewer: user, cursor: "e-4", conversations: [row], people: [user] };
    await cache.write({ ...change, messages: [receivedMessage(1), ownMessage(2)] });
    await cache.write({ conversations: [{ ...row, unread_count: 0 }], messages: [ownMessage(2)] });
    expect(await cache.read()).toEqual({ ...change, conversations: [{ ...row, unread_count: 0 }] });
    expect(await seqsOf(cache)).toEqual([1, 2]);
    expect(await cache.readMessages(8, viewerId)).toEqual([]);
  });

  test("keeps receipts over an older copy of the message", async () => {
    const cache = await open();
    const receipt = { conversation_id: 1, message_ids: [1_002], delivered_at: readAt };
    await cache.write({ messages: [ownMessage(1), ownMessage(2)] });
    await cache.write({ receipts: [{ ...receipt, read_at: readAt }] });
    await cache.write({ messages: [ownMessage(2)] });
    const messages = await cache.readMessages(otherId, viewerId);
    expect(messages.map(({ is_read }) => is_read)).toEqual([false, true]);
  });

  test("gives the newest two hundred messages of a conversation", async () => {
    const cache = await open();
    await cache.write({ messages: run(1, 230).map((seq) => receivedMessage(seq)) });
    await cache.write({ messages: [receivedMessage(231)] });
    expect(await seqsOf(cache)).toEqual(run(32, 231));
  });

  test("never goes back to an older cursor of the same log", async () => {
    const cache = await open();
    for (const cursor of ["e-9", "e-10", "e-8"]) await cache.write({ cursor });
    expect((await cache.read()).cursor).toBe("e-10");
    await cache.write({ cursor: "f-1" });
    expect((await cache.read()).cursor).toBe("f-1");
  });

  test("forgets history and where it was, but nothing that is not sent yet", async () => {
    const cache = await open();
    const entry = createOutgoing(otherId, { text: "hello" }, 1);
    await cache.putOutgoing(entry);
    await cache.write({ cursor: "e-1", conversations: [row], messages: [receivedMessage(1)] });
    await cache.forget();
    expect(await cache.read()).toEqual(nobody);
    expect(await seqsOf(cache)).toEqual([]);
    expect(await cache.readOutbox()).toEqual([entry]);
  });

  test("keeps what is not sent in its order, with its file, until its message is stored", async () => {
    const cache = await open();
    const file = new File(["abc"], "a.txt", { type: "text/plain" });
    const [second, first] = [
      createOutgoing(otherId, { text: "second" }, 20),
      createOutgoing(otherId, { text: "first", file }, 9),
    ];
    await cache.putOutgoing(second);
    await cache.putOutgoing(first);
    const [kept] = await cache.readOutbox();
    expect(kept).toMatchObject({ text: "first", file_name: "a.txt" });
    expect(await kept!.file!.text()).toBe("abc");
    await cache.removeOutgoing(first.client_id, ownMessage(1));
    expect((await cache.readOutbox()).map(({ text }) => text)).toEqual(["second"]);
    expect(await seqsOf(cache)).toEqual([1]);
  });

  test("is empty again once it is destroyed", async () => {
    const cache = await open();
    await cache.write({ viewer: user, messages: [receivedMessage(1)] });
    await cache.destroy();
    expect(await (await open()).read()).toEqual(nobody);
  });
});

test("one browser's pages share what is kept, and a page that signs out waits for none", async () => {
  const factory = new IDBFactory();
  const [one, other] = [
    await openIndexedDBCache(factory, "test"),
    await openIndexedDBCache(factory, "test"),
  ];
  await one.write({ cursor: "e-1" });
  expect((await other.read()).cursor).toBe("e-1");
  await one.destroy();
  expect(await (await openIndexedDBCache(factory, "test")).read()).toEqual(nobody);
});

test("two people, or one on two servers, never share a name", () => {
  const token = (claims: object) => `x.${btoa(JSON.stringify(claims))}.y`;
  const names = [
    cacheNameOf("https://a.test", token({ user_id: 1 })),
    cacheNameOf("https://a.test", token({ user_id: 2 })),
    cacheNameOf("https://b.test", token({ user_id: 1 })),
    cacheNameOf("https://a.test", token({ sub: "1a" })),
    cacheNameOf("https://a.test", "no token that can be read"),
    cacheNameOf("https://a.test", "another"),
    cacheNameOf("https://a.test", null),
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(cacheNameOf("https://a.test", token({ user_id: 1, exp: 9 }))).toBe(names[0]);
  const named = (claims: object) => cacheNameOf("https://a.test", token(claims));
  expect(named({ uid: 1, exp: 9, name: "A" })).toBe(named({ iat: 4, name: "B", uid: 1 }));
  expect(named({ uid: 1 })).not.toBe(named({ uid: 2 }));
});

/** A cache whose writes the test lets pass, or not. */
function createHeldCache() {
  const writes: CacheChange[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  let forgotten = 0;
  const cache: Cache = {
    ...createMemoryCache(),
    write(change) {
      writes.push(change);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    },
    async forget() {
      forgotten += 1;
    },
  };
  return { cache, writes, gates, forgotten: () => forgotten };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the writer", () => {
  test("acknowledges only what is kept, and keeps a burst in two transactions", async () => {
    const { cache, writes, gates } = createHeldCache();
    const kept: string[] = [];
    const writer = createCacheWriter(cache, (cursor) => kept.push(cursor));
    for (const n of run(1, 100)) {
      if (n === 2) await turn();
      writer.add({ messages: [receivedMessage(n)], cursor: `e-${n}` });
    }
    expect(kept).toEqual([]);
    gates[0]!.resolve();
    await turn();
    expect(kept).toEqual(["e-1"]);
    gates[1]!.resolve();
    await turn();
    expect(kept).toEqual(["e-1", "e-100"]);
    expect(writes.map(({ messages }) => messages!.length)).toEqual([1, 99]);
  });

  test("goes on without keeping when the browser is full, and leaves no hole behind", async () => {
    const { cache, writes, gates, forgotten } = createHeldCache();
    const kept: string[] = [];
    const writer = createCacheWriter(cache, (cursor) => kept.push(cursor));
    writer.add({ cursor: "e-1" });
    await turn();
    gates[0]!.reject(new DOMException("full", "QuotaExceededError"));
    await turn();
    writer.add({ cursor: "e-2" });
    await turn();
    expect(kept).toEqual(["e-1", "e-2"]);
    expect(writes.length).toBe(1);
    expect(forgotten()).toBe(1);
  });

  test("forgets before it keeps anything new", async () => {
    const cache = await openIndexedDBCache(new IDBFactory(), "test");
    const writer = createCacheWriter(cache, () => {});
    writer.add({ messages: [receivedMessage(1)], cursor: "e-1" });
    await writer.settled();
    writer.forget();
    writer.add({ messages: [receivedMessage(70)], cursor: "f-5" });
    await writer.settled();
    expect(await seqsOf(cache)).toEqual([70]);
    expect((await cache.read()).cursor).toBe("f-5");
  });
});
