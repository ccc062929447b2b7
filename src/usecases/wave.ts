import type { Ports } from "../ports/index.ts";

type WavePorts = Pick<Ports, "clock" | "later" | "log">;

/** The answer waits for the wave no longer than this. */
const answerAfterMs = 2_000;
const pausesMs = [100, 400, 1_500, 5_000, 10_000];

/**
 * What follows a commit: everything at once, each part tried again by itself. The answer never waits long for it,
 * because what a hub misses it fetches later (HUB-5).
 */
export async function runWave(ports: WavePorts, work: (() => Promise<void>)[]): Promise<void> {
  const all = Promise.all(work.map((each) => keepTrying(ports, each)));
  ports.later(all);
  await Promise.race([all, ports.clock.sleep(answerAfterMs)]);
}

/** For what is only a cache: a failure is noted and the answer does not wait for another try. */
export async function tryOnce(
  { log }: Pick<WavePorts, "log">,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error("cache.failed", { reason: String(error) });
  }
}

async function keepTrying({ clock, log }: WavePorts, work: () => Promise<void>): Promise<void> {
  for (const pause of [...pausesMs, null]) {
    try {
      return await work();
    } catch (error) {
      if (pause === null) return log.error("wave.failed", { reason: String(error) });
      await clock.sleep(pause);
    }
  }
}
