import type { Clock } from "../../src/ports/clock.ts";

export interface ManualClock extends Clock {
  /** How many wait for their time. */
  waiting(): number;
  /** Moves the time on and does what falls due. */
  advance(ms: number): void;
}

/** A clock that stands still until a test moves it. */
export function createManualClock(start: number): ManualClock {
  let now = start;
  const timers = new Map<object, { at: number; everyMs: number; work: () => void }>();

  return {
    now: () => now,
    sleep(ms) {
      return new Promise((resolve) => {
        const stop = this.every(ms, () => {
          stop();
          resolve();
        });
      });
    },
    every(ms, work) {
      const key = {};
      timers.set(key, { at: now + ms, everyMs: ms, work });
      return () => void timers.delete(key);
    },
    waiting: () => timers.size,
    advance(ms) {
      now += ms;
      for (const timer of timers.values()) {
        if (timer.at > now) continue;
        timer.at = now + timer.everyMs;
        timer.work();
      }
    },
  };
}
