import type { Environment } from "./environment.ts";

/** What one listener cannot take keeps nothing from the others, and is still reported. */
export function announce<T>(
  value: T,
  listeners: Iterable<(value: T) => void>,
  environment: Pick<Environment, "after">,
): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (error) {
      environment.after(0, () => {
        throw error;
      });
    }
  }
}
