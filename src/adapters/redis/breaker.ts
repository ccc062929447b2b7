import type { Clock } from "../../ports/clock.ts";

export interface BreakerOptions {
  clock: Pick<Clock, "now" | "every">;
  /** For one call. */
  timeoutMs?: number;
  /** In a row, until calls fail at once. */
  failures?: number;
  /** How long calls fail at once before the next one is tried. */
  coolDownMs?: number;
}

/** A limit is waited for in steps: one that comes late because this process was busy counts no more than any other. */
const steps = 5;

type Guard = <T>(call: () => Promise<T>) => Promise<T>;

export function createBreaker(options: BreakerOptions): Guard {
  const { clock, timeoutMs = 250, failures = 5, coolDownMs = 30_000 } = options;
  let failed = 0;
  let closedUntil = 0;

  function inTime<T>(answer: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    let left = steps;
    const stop = clock.every(timeoutMs / steps, () => {
      left -= 1;
      if (left === 0) late.reject(failure("redis-late", "Redis did not answer in time"));
    });
    return Promise.race([answer, late.promise]).finally(stop);
  }

  return async <T>(call: () => Promise<T>): Promise<T> => {
    if (failed >= failures) {
      if (clock.now() < closedUntil)
        throw failure("redis-left-alone", "Redis is left alone for now");
      // The next ones wait for this one, and no longer than the cool-down should it never end.
      closedUntil = clock.now() + coolDownMs;
    }
    try {
      const result = await inTime(call());
      failed = 0;
      return result;
    } catch (error) {
      failed += 1;
      if (failed === failures) closedUntil = clock.now() + coolDownMs;
      throw error;
    }
  };
}

/** The code is what the log may say of it. */
function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
