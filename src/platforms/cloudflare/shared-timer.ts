import { systemClock } from "../../adapters/memory/clock.ts";
import type { Clock } from "../../ports/clock.ts";

interface Wait {
  ms: number;
  dueAt: number;
  work: () => void;
}

/** By then most waits are over, and nothing has to be planned anew for one that is shorter than another. */
const firstMs = 1_000;

export interface SharedTimerOptions {
  /** No timer is set for longer than this, whatever waits were given up meanwhile. */
  mostMs?: number;
}

/**
 * The clock of one hub or request. Nearly every wait is given up before its time, and to set and clear a timer costs more
 * than what it guards: all of them share one, which is never cleared for a wait that is over.
 */
export function createSharedTimer({ mostMs = Infinity }: SharedTimerOptions = {}): Clock {
  const { now, sleep } = systemClock;
  const waits = new Set<Wait>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ringsAt = Infinity;

  function plan(dueAt: number, atMost: number): void {
    if (timer !== null && dueAt >= ringsAt) return;
    if (timer !== null) clearTimeout(timer);
    const ms = Math.max(0, Math.min(dueAt - now(), atMost));
    ringsAt = now() + ms;
    timer = setTimeout(ring, ms);
  }

  function ring(): void {
    timer = null;
    ringsAt = Infinity;
    try {
      for (const wait of waits) {
        if (wait.dueAt > now()) continue;
        wait.dueAt = now() + wait.ms;
        wait.work();
      }
    } finally {
      if (waits.size > 0) plan(Math.min(...[...waits].map(({ dueAt }) => dueAt)), mostMs);
    }
  }

  return {
    now,
    sleep,
    every(ms, work) {
      const wait = { ms, dueAt: now() + ms, work };
      waits.add(wait);
      plan(wait.dueAt, firstMs);
      return () => void waits.delete(wait);
    },
  };
}
