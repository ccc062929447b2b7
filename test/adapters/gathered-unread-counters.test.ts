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

/** Counters whose writes end when the test says so. */
function createSlow() {
  const written: [number, UnreadCount[]][][] = [];
  const answers: (() => void)[] = [];
  const inner: JoiningUnreadCounters = {
    ...createMemoryUnreadCounters(),
    putAll(users) {
      written.push(users);
      return new Promise((resolve) => answers.push(resolve));
    },
  };
  return { inner, written, answers };
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
    const { inner, written, answers } = createSlow();
    const counters = createGatheredUnreadCounters(inner, { clock });
    const first = counters.put(1, [countOf(1)]);
    await setImmediate();
    await Promise.all([1, 2, 1].map((userId, index) => counters.put(userId, [countOf(index + 2)])));
    expect(written).toEqual([[[1, [countOf(1)]]]]);
    answers.shift()!();
    await setImmediate();
    expect(written.slice(1)).toEqual([
      [
        [1, [countOf(2), countOf(4)]],
        [2, [countOf(3)]],
      ],
    ]);
    answers.shift()!();
    await first;
  });

  it("write of each count only the newest that came while the first waited", async () => {
    const { inner, written, answers } = createSlow();
    const manual = createManualClock(0);
    const counters = createGatheredUnreadCounters(inner, { clock: manual, gatherMs: 50 });
    const first = counters.put(7, [countOf(1, 2)]);
    for (const count of [countOf(2), countOf(1, 4), countOf(1, 3)]) await counters.put(7, [count]);
    manual.advance(49);
    await setImmediate();
    expect(written).toEqual([]);
    manual.advance(1);
    await setImmediate();
    expect(written).toEqual([[[7, [countOf(1, 4), countOf(2)]]]]);
    answers.shift()!();
    await first;
  });

  it("read what is not written yet over what is [UNREAD-2]", async () => {
    const { inner, answers } = createSlow();
    await inner.fill(7, [countOf(1), countOf(2), countOf(3)]);
    const manual = createManualClock(0);
    const counters = createGatheredUnreadCounters(inner, { clock: manual, gatherMs: 50 });
    const first = counters.put(7, [countOf(1, 2)]);
    manual.advance(50);
    await setImmediate();
    await counters.put(7, [countOf(2, 2)]);
    const known = await counters.read(7);
    expect(known?.map(({ version }) => version)).toEqual([2, 2, 1]);
    expect(await counters.read(8)).toBeNull();
    answers.shift()!();
    await setImmediate();
    manual.advance(50);
    await setImmediate();
    answers.shift()!();
    await first;
  });

  it("are written by somebody else where the one who was to write was broken off", async () => {
    const { inner, written } = createSlow();
    const manual = createManualClock(0);
    const never = new Promise<never>(() => undefined);
    const sleeps = [never, Promise.resolve()];
    const counters = createGatheredUnreadCounters(inner, {
      clock: { ...manual, sleep: () => sleeps.shift()! },
    });
    void counters.put(1, [countOf(1)]);
    manual.advance(2_999);
    await counters.put(2, [countOf(2)]);
    manual.advance(1);
    void counters.put(3, [countOf(3)]);
    await setImmediate();
    expect(written.flat().map(([userId]) => userId)).toEqual([1, 2, 3]);
  });

  it("count so many puts that fail together as one failure, and go on", async () => {
    let isDown = true;
    const { inner, written, answers } = createSlow();
    const failing: JoiningUnreadCounters = {
      ...inner,
      putAll: (users) => (isDown ? Promise.reject(new Error("down")) : inner.putAll(users)),
    };
    const counters = createGatheredUnreadCounters(failing, { clock });
    const together = [1, 2, 3, 4, 5, 6, 7, 8].map((userId) => counters.put(userId, [countOf(1)]));
    const outcomes = await Promise.allSettled(together);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
    // Five in a row would have left Redis alone.
    await expect(counters.read(1)).resolves.toBeNull();
    isDown = false;
    const later = counters.put(9, [countOf(1)]);
    await setImmediate();
    expect(written).toEqual([[[9, [countOf(1)]]]]);
    answers.shift()!();
    await later;
  });
});
