import { beforeEach, describe, expect, it } from "vitest";
import type { UnreadCounters } from "../../src/ports/unread-counters.ts";
import type { UnreadCount } from "../../src/protocol/unread.ts";

export interface UnreadCountersUnderTest {
  counters: UnreadCounters;
  /** Loses everything, as a flushed or evicted cache does. */
  flush(): Promise<void>;
}

const alice = 1;
const bob = 2;

function countOf(conversationId: number, version: number, more: Partial<UnreadCount> = {}) {
  const other = { otherUserId: conversationId + 1_000, otherUserName: `User ${conversationId}` };
  return { conversationId, version, count: version, ...other, ...more };
}

async function readSorted(counters: UnreadCounters, userId = alice): Promise<UnreadCount[] | null> {
  const counts = await counters.read(userId);
  return counts?.toSorted((a, b) => a.conversationId - b.conversationId) ?? null;
}

/** `create` gives counters that nobody has written to. */
export function testUnreadCounters(create: () => Promise<UnreadCountersUnderTest>): void {
  let counters: UnreadCounters;
  let flush: () => Promise<void>;

  beforeEach(async () => {
    ({ counters, flush } = await create());
  });

  describe("a set of counts", () => {
    it("is null until it was filled [UNREAD-1]", async () => {
      expect(await counters.read(alice)).toBeNull();
      await counters.put(alice, [countOf(1, 1)]);
      expect(await counters.read(alice)).toBeNull();
    });

    it("is complete after a fill, with what was put before and after [UNREAD-1]", async () => {
      await counters.put(alice, [countOf(1, 1)]);
      await counters.fill(alice, [countOf(2, 1)]);
      await counters.put(alice, [countOf(3, 1)]);
      expect(await readSorted(counters)).toEqual([countOf(1, 1), countOf(2, 1), countOf(3, 1)]);
    });

    it("is complete and empty when it was filled with nothing", async () => {
      await counters.fill(alice, []);
      expect(await counters.read(alice)).toEqual([]);
    });

    it("is not completed by putting nothing", async () => {
      await counters.put(alice, []);
      expect(await counters.read(alice)).toBeNull();
    });

    it("belongs to one user", async () => {
      await counters.fill(alice, [countOf(1, 1)]);
      expect(await counters.read(bob)).toBeNull();
      await counters.fill(bob, [countOf(1, 7)]);
      expect(await readSorted(counters)).toEqual([countOf(1, 1)]);
    });

    it("is incomplete again after a flush, whatever is put then [UNREAD-1]", async () => {
      await counters.fill(alice, [countOf(1, 1), countOf(2, 1)]);
      await flush();
      expect(await counters.read(alice)).toBeNull();
      await counters.put(alice, [countOf(1, 2)]);
      expect(await counters.read(alice)).toBeNull();
      await counters.fill(alice, [countOf(1, 2), countOf(2, 1)]);
      expect(await readSorted(counters)).toEqual([countOf(1, 2), countOf(2, 1)]);
    });

    it("holds hundreds of conversations", async () => {
      const counts = Array.from({ length: 700 }, (_, index) => countOf(index + 1, index));
      await counters.fill(alice, counts);
      expect(await readSorted(counters)).toEqual(counts);
    });
  });

  describe("a count", () => {
    it("is replaced by a newer version only [UNREAD-1]", async () => {
      await counters.fill(alice, [countOf(1, 5)]);
      await counters.put(alice, [countOf(1, 4)]);
      await counters.put(alice, [countOf(1, 5, { count: 99 })]);
      expect(await counters.read(alice)).toEqual([countOf(1, 5)]);
      await counters.put(alice, [countOf(1, 10)]);
      expect(await counters.read(alice)).toEqual([countOf(1, 10)]);
    });

    it("keeps its newest version whatever order the writes come in [UNREAD-1]", async () => {
      const versions = [3, 9, 1, 10, 2, 8, 7, 100, 4, 99];
      await counters.fill(alice, []);
      await Promise.all(versions.map((version) => counters.put(alice, [countOf(1, version)])));
      expect(await counters.read(alice)).toEqual([countOf(1, 100)]);
    });

    it("keeps its newest version within one write", async () => {
      await counters.fill(alice, [countOf(1, 2), countOf(1, 3), countOf(1, 1)]);
      expect(await counters.read(alice)).toEqual([countOf(1, 3)]);
    });

    it("survives a fill that was read before it changed [UNREAD-1]", async () => {
      const stale = [countOf(1, 5), countOf(2, 1)];
      await counters.put(alice, [countOf(1, 6), countOf(3, 1)]);
      await counters.fill(alice, stale);
      expect(await readSorted(counters)).toEqual([countOf(1, 6), countOf(2, 1), countOf(3, 1)]);
    });

    it("survives a put that comes late, after the fill [UNREAD-1]", async () => {
      await counters.fill(alice, [countOf(1, 6)]);
      await counters.put(alice, [countOf(1, 5, { count: 0 })]);
      expect(await counters.read(alice)).toEqual([countOf(1, 6)]);
    });

    it("ends at its newest version when fills and puts cross [UNREAD-1]", async () => {
      const writes = Array.from({ length: 40 }, (_, index) => {
        const counts = [countOf(1, index), countOf(2, 40 - index)];
        return index % 2 ? counters.fill(alice, counts) : counters.put(alice, counts);
      });
      await Promise.all(writes);
      expect(await readSorted(counters)).toEqual([countOf(1, 39), countOf(2, 40)]);
    });

    it("may be zero and of version zero", async () => {
      await counters.fill(alice, [countOf(1, 0, { count: 0 })]);
      expect(await counters.read(alice)).toEqual([countOf(1, 0, { count: 0 })]);
    });

    it("is exact up to the largest safe integer", async () => {
      const largest = Number.MAX_SAFE_INTEGER;
      const huge = countOf(largest, largest - 1, { otherUserId: largest });
      await counters.fill(alice, [huge]);
      expect(await counters.read(alice)).toEqual([huge]);
      await counters.put(alice, [{ ...huge, version: largest }]);
      expect(await counters.read(alice)).toEqual([{ ...huge, version: largest }]);
    });

    it("is not changed through the object it was written from or read into", async () => {
      const written = countOf(1, 1);
      await counters.fill(alice, [written]);
      written.count = 50;
      for (const count of (await counters.read(alice)) ?? []) count.count = 60;
      expect(await counters.read(alice)).toEqual([countOf(1, 1)]);
    });
  });

  it.each([
    ["quotes", `Ann "Q" O'Neil \\ back\\slash`],
    ["unicode", "Zoë 王小明 👩‍👩‍👧 مرحبا \u202E"],
    ["line ends", "one\r\ntwo\tthree\u2028"],
    ["what looks like a number", "12345678901234567890"],
    ["what looks like JSON", `[1,"complete",true]`],
    ["a bare OK", "OK"],
    ["nothing", ""],
  ])("a name with %s comes back as it was", async (_, otherUserName) => {
    await counters.fill(alice, [countOf(1, 1, { otherUserName })]);
    expect(await counters.read(alice)).toEqual([countOf(1, 1, { otherUserName })]);
  });
}
