import type { Clock } from "../../ports/clock.ts";
import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UnreadCount } from "../../protocol/unread.ts";

export interface BreakerOptions {
  clock: Pick<Clock, "now" | "sleep">;
  /** For one call. */
  timeoutMs?: number;
  /** In a row, until calls fail at once. */
  failures?: number;
  /** How long calls fail at once before the next one is tried. */
  coolDownMs?: number;
}

type Guard = <T>(call: () => Promise<T>) => Promise<T>;

function createBreaker(options: BreakerOptions): Guard {
  const { clock, timeoutMs = 250, failures = 5, coolDownMs = 30_000 } = options;
  let failed = 0;
  let closedUntil = 0;

  async function timeout(): Promise<never> {
    await clock.sleep(timeoutMs);
    throw new Error("Redis did not answer in time");
  }

  return async <T>(call: () => Promise<T>): Promise<T> => {
    if (failed >= failures) {
      if (clock.now() < closedUntil) throw new Error("Redis is left alone for now");
      // The next ones wait for this one, and no longer than the cool-down should it never end.
      closedUntil = clock.now() + coolDownMs;
    }
    try {
      const result = await Promise.race([call(), timeout()]);
      failed = 0;
      return result;
    } catch (error) {
      failed += 1;
      if (failed === failures) closedUntil = clock.now() + coolDownMs;
      throw error;
    }
  };
}

/** Counters that fail fast while their store is away. Make one per process: it remembers the failures. */
export function createGuardedUnreadCounters(
  inner: UnreadCounters,
  options: BreakerOptions,
): UnreadCounters {
  const guard = createBreaker(options);
  return {
    put: (userId: number, counts: UnreadCount[]): Promise<void> =>
      guard(() => inner.put(userId, counts)),
    read: (userId: number): Promise<UnreadCount[] | null> => guard(() => inner.read(userId)),
    fill: (userId: number, counts: UnreadCount[]): Promise<void> =>
      guard(() => inner.fill(userId, counts)),
  };
}
