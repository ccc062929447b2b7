import type { Ports } from "../ports/index.ts";

type WavePorts = Pick<Ports, "clock" | "later" | "log">;

/** The answer waits for the wave no longer than this. */
const answerAfterMs = 2_000;

/**
 * What follows a commit: everything at once. What fails is noted and does not change the answer, because a hub fetches
 * what it missed (HUB-5, HUB-6) and a cache is not believed beyond what its hub knows (UNREAD-2).
 */
export async function runWave(ports: WavePorts, work: (() => Promise<void>)[]): Promise<void> {
  const note = (error: unknown): void => ports.log.error("wave.failed", { reason: String(error) });
  const all = Promise.all(work.map((each) => each().catch(note)));
  ports.later(all);
  await Promise.race([all, ports.clock.sleep(answerAfterMs)]);
}
