import type { Clock } from "../ports/clock.ts";

export interface Patience {
  clock: Pick<Clock, "sleep">;
  /** After each failure, before the next try; the last failure is thrown. */
  pausesMs: readonly number[];
}

export function keepTrying(
  call: () => Promise<void>,
  { clock, pausesMs }: Patience,
): Promise<void> {
  const [pause, ...rest] = pausesMs;
  if (pause === undefined) return call();
  return call().catch(async () => {
    await clock.sleep(pause);
    return keepTrying(call, { clock, pausesMs: rest });
  });
}
