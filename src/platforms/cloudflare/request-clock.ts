import { AsyncLocalStorage } from "node:async_hooks";
import { systemClock } from "../../adapters/memory/clock.ts";
import type { Clock } from "../../ports/clock.ts";
import { createSharedTimer } from "./shared-timer.ts";

const clocks = new AsyncLocalStorage<Clock>();

/** The clock of whichever request asks: a timer belongs to the request that set it. */
export const requestClock: Clock = {
  now: systemClock.now,
  sleep: systemClock.sleep,
  every: (ms, work) => (clocks.getStore() ?? systemClock).every(ms, work),
};

/** Serves one request with a timer of its own. */
export function withOwnTimer<T>(serve: () => T): T {
  return clocks.run(createSharedTimer(), serve);
}
