import { systemClock } from "../../adapters/memory/clock.ts";
import type { Clock } from "../../ports/clock.ts";

interface Wait {
  ms: number;
  dueAt: number;
  work: () => void;
}

/** No timer keeps a hub awake for longer than this, whatever waits were given up meanwhile. */
const mostMs = 1_000;

/**
 * The clock of one hub. Nearly every wait is given up before its time, and to set and clear a timer costs more than what
 * it guards: all of them share one, which is never cleared for a wait that is over.
 */
export function createHubClock({ now, sleep }: Clock = systemClock): Clock {
  const waits = new Set<Wait>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ringsAt = Infinity;

  function plan(dueAt: number): void {
    if (timer !== null && dueAt >= ringsAt) return;
    if (timer !== null) clearTimeout(timer);
    const ms = Math.max(0, Math.min(dueAt - now(), mostMs));
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
      if (waits.size > 0) plan(Math.min(...[...waits].map(({ dueAt }) => dueAt)));
    }
  }

  return {
    now,
    sleep,
    every(ms, work) {
      const wait = { ms, dueAt: now() + ms, work };
      waits.add(wait);
      plan(wait.dueAt);
      return () => void waits.delete(wait);
    },
  };
}
