import type { RateDecision, RateRule } from "../core/rate-limit.ts";

/** One token bucket per key, within one process: exact limits across processes are the hub's. */
export interface RateLimiter {
  /** MUST hold a bounded number of keys, whatever callers choose as keys. */
  take(key: string, rule: RateRule): RateDecision;
}
