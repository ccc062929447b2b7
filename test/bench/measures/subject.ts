import type { Surface } from "../surface.ts";
import type { Target } from "../targets/target.ts";

/** One way into one target. */
export interface Subject {
  target: Target;
  surface: Surface;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
