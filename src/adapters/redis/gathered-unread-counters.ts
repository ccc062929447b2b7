import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UnreadCount } from "../../protocol/unread.ts";
import { createBreaker, type BreakerOptions } from "./breaker.ts";

/**
 * Guarded like the others; and counts that wait at the same moment are written together, one command for each user, while
 * one such write is under way. So what is judged is how long Redis takes, never how long something waited here. Make one
 * per process, and only where the requests of a process may wait for each other.
 */
export function createGatheredUnreadCounters(
  inner: UnreadCounters,
  options: BreakerOptions,
): UnreadCounters {
  const guard = createBreaker(options);
  let waiting = new Map<number, UnreadCount[]>();
  let next: Promise<void> | null = null;
  let underWay: Promise<unknown> = Promise.resolve();

  function write(): Promise<void> {
    const together = [...waiting];
    waiting = new Map();
    next = null;
    const written = guard(async () => {
      await Promise.all(together.map(([userId, counts]) => inner.put(userId, counts)));
    });
    underWay = written.catch(() => undefined);
    return written;
  }

  return {
    put(userId, counts) {
      waiting.set(userId, [...(waiting.get(userId) ?? []), ...counts]);
      next ??= underWay.then(write);
      return next;
    },
    read: (userId) => guard(() => inner.read(userId)),
    fill: (userId, counts) => guard(() => inner.fill(userId, counts)),
  };
}
