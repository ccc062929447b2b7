import type { Clock } from "../ports/clock.ts";

export interface Patience {
  clock: Pick<Clock, "sleep">;
  /** After each failure, before the next try; the last failure is thrown. */
  pausesMs: readonly number[];
}

export async function keepTrying(
  call: () => Promise<void>,
  { clock, pausesMs }: Patience,
): Promise<void> {
  for (const pause of pausesMs) {
    try {
      return await call();
    } catch {
      await clock.sleep(pause);
    }
  }
  await call();
}
