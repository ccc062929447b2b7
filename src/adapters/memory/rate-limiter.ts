import { isFull, takeToken } from "../../core/rate-limit.ts";
import type { RateDecision, RateRule, TokenBucket } from "../../core/rate-limit.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RateLimiter } from "../../ports/rate-limiter.ts";

const maxKeys = 10_000;

export function createMemoryRateLimiter(clock: Pick<Clock, "now">): RateLimiter {
  /** The least recently used first. */
  const buckets = new Map<string, { bucket: TokenBucket; rule: RateRule }>();

  /** Looks at two for each one that may be added, so that it keeps up without ever walking the whole map. */
  function dropOldest(now: number): void {
    let seen = 0;
    for (const [key, { bucket, rule }] of buckets) {
      if (++seen > 2) return;
      if (buckets.size >= maxKeys || isFull(bucket, rule, now)) buckets.delete(key);
    }
  }

  return {
    take(key: string, rule: RateRule): RateDecision {
      const now = clock.now();
      const known = buckets.get(key);
      if (!known) dropOldest(now);
      const { bucket, allowed, retryAfterMs } = takeToken(known?.bucket, rule, now);
      buckets.delete(key);
      buckets.set(key, { bucket, rule });
      return { allowed, retryAfterMs };
    },
  };
}
