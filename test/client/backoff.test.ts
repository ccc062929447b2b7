import { describe, expect, test } from "vitest";
import { createBackoff } from "../../src/client/backoff.ts";

const almostOne = 1 - Number.EPSILON;

describe("the time until the next try", () => {
  test("doubles from half a second up to half a minute, with full jitter", () => {
    const longest = createBackoff(() => almostOne);
    const limits = Array.from({ length: 9 }, () => longest.next() + 1);
    expect(limits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    const shortest = createBackoff(() => 0);
    expect(Array.from({ length: 9 }, () => shortest.next())).toEqual(Array(9).fill(0));
    const middle = createBackoff(() => 0.5);
    expect([middle.next(), middle.next(), middle.next()]).toEqual([250, 500, 1_000]);
  });

  test("begins again after a reset", () => {
    const backoff = createBackoff(() => almostOne);
    for (let tries = 0; tries < 5; tries += 1) backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(499);
  });

  test("is never less than what the server asked for", () => {
    const never = createBackoff(() => 0);
    expect(never.next({ retryAfterMs: 60_000 })).toBe(60_000);
    const late = createBackoff(() => almostOne);
    expect(late.next({ retryAfterMs: 2_000 })).toBe(2_499);
  });

  test("is nearly nothing where the server invites, but only once in a row", () => {
    const backoff = createBackoff(() => almostOne);
    const tries = [1, 2, 3].map(() => backoff.next({ isInvited: true }));
    expect(tries).toEqual([249, 999, 1_999]);
  });
});
