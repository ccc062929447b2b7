import { percentile } from "../support/send-load.ts";
import type { Attempt, Load } from "./load.ts";
import type { Scene } from "./scene.ts";

export function slowest(values: readonly number[]): number {
  return Math.max(0, ...values);
}

export function p99(values: readonly number[]): number {
  return percentile([...values], 0.99);
}

/** How far a machine that does other things swings by itself: by as much as the quartiles of calm figures lie apart. */
export function noiseFloor(calm: readonly number[]): number {
  return percentile([...calm], 0.75) - percentile([...calm], 0.25);
}

/** How many attempts had that answer. */
export function countStatus(load: Load, fits: (attempt: Attempt) => boolean): number {
  return load.attempts.filter(fits).length;
}

/** ERR-2, ERR-4: nothing hangs, and what is refused says when to come back. */
export function measureRefusals(scene: Scene, load: Load): void {
  const refused = load.attempts.filter(({ status }) => status === 503);
  scene.measure("sends refused with 503", refused.length, { atLeast: 1 });
  // Ten seconds, and what the harness itself takes to see it.
  scene.measure("slowest answer", slowest(load.attempts.map(({ ms }) => ms)) / 1_000, {
    atMost: 10.5,
    unit: "s",
  });
  const mute = refused.filter(({ retryAfter }) => retryAfter === null);
  scene.measure("refusals without Retry-After", mute.length, { atMost: 0 });
  const other = load.attempts.filter(({ status }) => status >= 400 && status !== 503);
  scene.measure("answers that are neither sent nor 503", other.length, { atMost: 0 });
}
