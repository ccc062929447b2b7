import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull, takeToken } from "../../src/core/rate-limit.ts";
import type { TokenBucket } from "../../src/core/rate-limit.ts";

const rule = { burst: 20, perSecond: 5 };
const start = 1_800_000_000_000;

function takeMany(times: number, now: number, bucket?: TokenBucket) {
  const decisions: boolean[] = [];
  for (let index = 0; index < times; index += 1) {
    const decision = takeToken(bucket, rule, now);
    bucket = decision.bucket;
    decisions.push(decision.allowed);
  }
  return { allowed: decisions.filter(Boolean).length, bucket: bucket! };
}

describe("a token bucket", () => {
  it("allows the burst at once and no more", () => {
    expect(takeMany(25, start).allowed).toBe(20);
  });

  it("gives back what the rate says", () => {
    const { bucket } = takeMany(20, start);
    expect(takeMany(25, start + 1_000, bucket).allowed).toBe(5);
    expect(takeMany(25, start + 199, bucket).allowed).toBe(0);
    expect(takeMany(25, start + 200, bucket).allowed).toBe(1);
  });

  it("never holds more than the burst", () => {
    const { bucket } = takeMany(20, start);
    expect(takeMany(100, start + 86_400_000, bucket).allowed).toBe(20);
  });

  it("says when the next one is allowed", () => {
    const { bucket } = takeMany(20, start);
    expect(takeToken(bucket, rule, start)).toMatchObject({ allowed: false, retryAfterMs: 200 });
    expect(takeToken(bucket, rule, start + 150)).toMatchObject({ retryAfterMs: 50 });
    expect(takeToken(bucket, rule, start + 200)).toMatchObject({ allowed: true, retryAfterMs: 0 });
  });

  it("goes on from the earlier time when the clock steps back", () => {
    const { bucket } = takeMany(20, start);
    const back = takeMany(5, start - 3_600_000, bucket);
    expect(back.allowed).toBe(0);
    expect(takeMany(10, start - 3_600_000 + 1_000, back.bucket).allowed).toBe(5);
  });

  it("is full when it was not used for long enough", () => {
    const { bucket } = takeMany(20, start);
    expect(isFull(bucket, rule, start + 3_999)).toBe(false);
    expect(isFull(bucket, rule, start + 4_000)).toBe(true);
  });

  it("always allows after the wait that it asked for, and not a millisecond earlier", () => {
    const rules = fc.record({
      burst: fc.integer({ min: 1, max: 50 }),
      perSecond: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
    });
    const waits = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(rules, waits, (anyRule, steps) => {
        let bucket: TokenBucket | undefined;
        let now = start;
        for (const step of steps) {
          now += step;
          const decision = takeToken(bucket, anyRule, now);
          bucket = decision.bucket;
          if (decision.allowed) continue;
          const { retryAfterMs } = decision;
          expect(takeToken(bucket, anyRule, now + retryAfterMs).allowed).toBe(true);
          expect(takeToken(bucket, anyRule, now + retryAfterMs - 1).allowed).toBe(false);
        }
      }),
      { seed: 7 },
    );
  });

  it("never allows more than the burst and the rate together in any stretch", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(steps, (pauses) => {
        let bucket: TokenBucket | undefined;
        let now = start;
        const times: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const decision = takeToken(bucket, rule, now);
          bucket = decision.bucket;
          if (decision.allowed) times.push(now);
        }
        for (const [first, from] of times.entries()) {
          for (const [offset, to] of times.slice(first).entries()) {
            const most = rule.burst + (to - from) * (rule.perSecond / 1_000);
            expect(offset + 1).toBeLessThanOrEqual(Math.floor(most + 1e-6));
          }
        }
      }),
      { seed: 7 },
    );
  });
});
