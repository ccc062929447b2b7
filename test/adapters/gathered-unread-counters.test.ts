import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createMemoryUnreadCounters } from "../../src/adapters/memory/unread-counters.ts";
import {
  createGatheredUnreadCounters,
  type JoiningUnreadCounters,
} from "../../src/adapters/redis/gathered-unread-counters.ts";
import type { UnreadCount } from "../../src/protocol/unread.ts";
import { testUnreadCounters } from "../contracts/unread-counters.ts";
import { createManualClock } from "../support/manual-clock.ts";

/** Its limits never come, and it waits for no company. */
const clock = { now: () => 0, every: () => () => undefined, sleep: async () => undefined };

function countOf(conversationId: number, version = 1): UnreadCount {
  return { conversationId, version, count: version, otherUserId: 2, otherUserName: "Bob" };
}

describe("unread counters that gather", () => {
  testUnreadCounters(async () => {
    let inner = createMemoryUnreadCounters();
    const forwarding: JoiningUnreadCounters = {
      put: (userId, counts) => inner.put(userId, counts),
      async putAll(users) {
        for (const [userId, counts] of users) await inner.put(userId, counts);
      },
      read: (userId) => inner.read(userId),
      fill: (userId, counts) => inner.fill(userId, counts),
    };
    return {
      counters: createGatheredUnreadCounters(forwarding, { clock }),
      async flush() {
        inner = createMemoryUnreadCounters();
      },
    };
  });

  it("write what came meanwhile together, each user's once", async () => {
    const written: [number, number[]][][] = [];
    const answers: (() => void)[] = [];
    const inner: JoiningUnreadCounters = {
      ...createMemoryUnreadCounters(),
      putAll(users) {
        const ids = (counts: UnreadCount[]) => counts.map(({ conversationId }) => conversationId);
        written.push(users.map(([userId, counts]) => [userId, ids(counts)]));
        return new Promise((resolve) => answers.push(resolve));
      },
    };
    const counters = createGatheredUnreadCounters(inner, { clock });
    const first = counters.put(1, [countOf(1)]);
    await setImmediate();
    const later = [1, 2, 1].map((userId, index) => counters.put(userId, [countOf(index + 2)]));
    expect(written).toEqual([[[1, [1]]]]);
    answers[0]!();
    await first;
    await setImmediate();
    expect(written.slice(1)).toEqual([
      [
        [1, [2, 4]],
        [2, [3]],
      ],
    ]);
    for (const answer of answers) answer();
    await Promise.all(later);
  });

  it("write of each count only the newest that came while the first waited", async () => {
    const written: [number, UnreadCount[]][][] = [];
    const inner: JoiningUnreadCounters = {
      ...createMemoryUnreadCounters(),
      putAll: async (users) => void written.push(users),
    };
    const manual = createManualClock(0);
    const counters = createGatheredUnreadCounters(inner, { clock: manual, gatherMs: 50 });
    const puts = [countOf(1, 2), countOf(2), countOf(1, 4), countOf(1, 3)].map((count) =>
      counters.put(7, [count]),
    );
    await setImmediate();
    manual.advance(49);
    await setImmediate();
    expect(written).toEqual([]);
    manual.advance(1);
    await Promise.all(puts);
    expect(written).toEqual([[[7, [countOf(1, 4), countOf(2)]]]]);
  });

  it("count so many puts that fail together as one failure", async () => {
    const inner: JoiningUnreadCounters = {
      ...createMemoryUnreadCounters(),
      putAll: () => Promise.reject(new Error("down")),
    };
    const counters = createGatheredUnreadCounters(inner, { clock });
    const together = [1, 2, 3, 4, 5, 6, 7, 8].map((userId) => counters.put(userId, [countOf(1)]));
    const outcomes = await Promise.allSettled(together);
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => "rejected"));
    // Five in a row would have left Redis alone.
    await expect(counters.read(1)).resolves.toBeNull();
  });
});
