import type { Ports } from "../../ports/index.ts";

/** Node's timers take no more than 2³¹ ms. */
const longestTimerMs = 60 * 60_000;

interface Timer {
  /** When it rings, ms; Infinity for never. */
  at(): number;
  set(at: number): void;
}

/** Rings once, at a time that may be moved. */
export function createTimer(clock: Ports["clock"], ring: () => void): Timer {
  let dueAt = Infinity;
  let cancel = (): void => undefined;

  function set(at: number): void {
    cancel();
    dueAt = at;
    if (at === Infinity) return;
    const ms = Math.min(Math.max(0, at - clock.now()), longestTimerMs);
    cancel = clock.every(ms, () => {
      set(Infinity);
      ring();
    });
  }

  return { at: () => dueAt, set };
}
