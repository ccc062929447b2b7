import type { Hub } from "../../core/hub.ts";
import type { Ports } from "../../ports/index.ts";
import type { LocalConnection } from "./hub-connections.ts";
import { createTimer } from "./hub-timer.ts";

/** To wake costs about as much as a message: whoever writes now and then is not put to rest in between. */
const quietMs = 20_000;
/** One that only let its user in rests while what it is made of is young, and quickly freed. */
const letInMs = 100;

interface UseOptions extends Pick<Ports, "clock"> {
  hub: Hub;
  alarm: Alarm;
  all: ReadonlySet<LocalConnection>;
  /** What became of work that nobody waits for. */
  fail: (error: unknown) => void;
}

/** Knows when the hub is used; after each use it may want to be woken at another time. */
export function createUse({ clock, hub, alarm, all, fail }: UseOptions) {
  let busy = 0;
  let usedAt = clock.now();
  let restAfterMs = letInMs;

  function used(): void {
    busy -= 1;
    usedAt = clock.now();
    alarm.plan();
  }

  /** For what is no sign that more will come soon. What need not wait is done at once. */
  function useBriefly<T>(work: () => T | Promise<T>): T | Promise<T> {
    busy += 1;
    let outcome: T | Promise<T>;
    try {
      outcome = work();
    } catch (error) {
      used();
      throw error;
    }
    if (outcome instanceof Promise) return outcome.finally(used);
    used();
    return outcome;
  }

  function use<T>(work: () => T | Promise<T>): T | Promise<T> {
    restAfterMs = quietMs;
    return useBriefly(work);
  }

  /** Does it, where nobody waits for it. */
  async function settle(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      fail(error);
    }
  }

  return {
    use,
    useBriefly,
    run: (work: () => void | Promise<void>) => settle(() => use(work)),
    runBriefly: (work: () => void | Promise<void>) => settle(() => useBriefly(work)),
    isQuiet() {
      // What is to be reported is only remembered.
      if (busy > 0 || hub.report.dueAt() !== null || alarm.isPlanning()) return false;
      const at = alarm.at();
      if (all.size === 0 && at !== null) return false;
      const now = clock.now();
      return now - usedAt >= restAfterMs && (at ?? Infinity) - now >= quietMs;
    },
  };
}

interface AlarmOptions extends Pick<Ports, "clock"> {
  wakeAt: () => number | null;
  wake: () => void;
}

export interface Alarm {
  /** Looks, once in this turn, when the hub wants to be woken. */
  plan(): void;
  isPlanning(): boolean;
  /** When it will ring, ms. */
  at(): number | null;
  stop(): void;
}

export function createAlarm({ wakeAt, wake, clock }: AlarmOptions): Alarm {
  const timer = createTimer(clock, wake);
  let isPlanning = false;
  let isStopped = false;

  function set(): void {
    isPlanning = false;
    if (isStopped) return;
    const at = wakeAt() ?? Infinity;
    if (at !== timer.at()) timer.set(at);
  }

  return {
    plan() {
      if (isPlanning || isStopped) return;
      isPlanning = true;
      setImmediate(set);
    },
    isPlanning: () => isPlanning,
    at: () => (timer.at() === Infinity ? null : timer.at()),
    stop() {
      isStopped = true;
      timer.set(Infinity);
    },
  };
}
