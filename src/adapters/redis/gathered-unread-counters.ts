import { keepNewest } from "../../core/unread.ts";
import type { Clock } from "../../ports/clock.ts";
import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UnreadCount } from "../../protocol/unread.ts";
import { createBreaker, type BreakerOptions } from "./breaker.ts";

/** Counters that can write those of several users at once. */
export interface JoiningUnreadCounters extends UnreadCounters {
  putAll(counts: [userId: number, counts: UnreadCount[]][]): Promise<void>;
}

export interface GatheredOptions extends BreakerOptions {
  clock: Pick<Clock, "now" | "every" | "sleep">;
  /** How long the first count waits for others. */
  gatherMs?: number;
}

/** By user, of each conversation the newest. */
type Counts = Map<number, Map<number, UnreadCount>>;

/** So long one goes on writing what others bring: on some platforms its work ends with its request. */
const writesForMs = 2_000;
/** A writer that was broken off by its platform never says so. */
const forgetAfterMs = 3_000;

/**
 * Guarded like the others; and the counts of some moments are written together, by whoever brought the first of them.
 * The others have only left theirs, and nobody waits for somebody else. Make one per process.
 */
export function createGatheredUnreadCounters(
  inner: JoiningUnreadCounters,
  options: GatheredOptions,
): UnreadCounters {
  const { clock, gatherMs = 50 } = options;
  const guard = createBreaker(options);
  let waiting: Counts = new Map();
  let underWay: Counts = new Map();
  let writingSince = -Infinity;

  async function writeOnce(): Promise<void> {
    writingSince = clock.now();
    await clock.sleep(gatherMs);
    [waiting, underWay] = [new Map(), waiting];
    await guard(() => inner.putAll(toList(underWay)));
  }

  async function write(): Promise<void> {
    const began = clock.now();
    try {
      do {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await writeOnce();
      } while (waiting.size > 0 && clock.now() - began < writesForMs);
    } finally {
      underWay = new Map();
      writingSince = -Infinity;
    }
  }

  return {
    async put(userId, counts) {
      const ofUser = waiting.get(userId) ?? new Map<number, UnreadCount>();
      waiting.set(userId, ofUser);
      keepNewest(ofUser, counts);
      if (clock.now() - writingSince >= forgetAfterMs) await write();
    },
    async read(userId) {
      const known = await guard(() => inner.read(userId));
      if (!known) return null;
      const counts = new Map(known.map((count) => [count.conversationId, count]));
      for (const each of [underWay, waiting]) keepNewest(counts, each.get(userId)?.values() ?? []);
      return [...counts.values()];
    },
    fill: (userId, counts) => guard(() => inner.fill(userId, counts)),
  };
}

function toList(counts: Counts): [userId: number, counts: UnreadCount[]][] {
  return Array.from(counts, ([userId, ofUser]) => [userId, [...ofUser.values()]]);
}
