/** How often something may happen: `burst` times at once, then `perSecond` times a second. */
export interface RateRule {
  burst: number;
  perSecond: number;
}

export interface TokenBucket {
  tokens: number;
  /** When `tokens` was counted, ms since 1970. */
  at: number;
}

export interface RateDecision {
  allowed: boolean;
  /** 0 when allowed; else how long until the next one is. */
  retryAfterMs: number;
}

/** Sums of fractions may end just below the whole they stand for. */
const tolerance = 1e-9;

function refill(bucket: TokenBucket, rule: RateRule, now: number): number {
  const elapsed = Math.max(0, now - bucket.at);
  return Math.min(rule.burst, bucket.tokens + (elapsed * rule.perSecond) / 1_000);
}

export function takeToken(
  bucket: TokenBucket | undefined,
  rule: RateRule,
  now: number,
): RateDecision & { bucket: TokenBucket } {
  const tokens = bucket ? refill(bucket, rule, now) : rule.burst;
  if (tokens >= 1 - tolerance) {
    return {
      bucket: { tokens: Math.max(0, tokens - 1), at: now },
      allowed: true,
      retryAfterMs: 0,
    };
  }
  const retryAfterMs = Math.ceil(((1 - tokens) * 1_000) / rule.perSecond);
  return { bucket: { tokens, at: now }, allowed: false, retryAfterMs };
}

/** A full bucket says no more than none at all. */
export function isFull(bucket: TokenBucket, rule: RateRule, now: number): boolean {
  return refill(bucket, rule, now) >= rule.burst - tolerance;
}
