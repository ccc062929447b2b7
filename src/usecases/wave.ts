import type { Ports } from "../ports/index.ts";
import { describeFailure } from "./describe-failure.ts";

type WavePorts = Pick<Ports, "clock" | "later" | "log">;

/**
 * Keeps a commit and what follows it together: a client that hangs up in between must not stop the second half.
 * Failures go to the caller alone.
 */
export function seeThrough<T>({ later }: Pick<WavePorts, "later">, work: Promise<T>): Promise<T> {
  later(work.catch(() => undefined));
  return work;
}

/** The answer waits for the wave no longer than this. */
const answerAfterMs = 2_000;

/**
 * What hubs are told after a commit: everything at once. What fails is noted and does not change the answer, because a
 * hub fetches what it missed (HUB-5, HUB-6).
 */
export async function runWave(ports: WavePorts, work: (() => Promise<void>)[]): Promise<void> {
  const all = Promise.all(work.map((each) => noted(ports, each())));
  ports.later(all);
  await waitAtMost(ports, all, answerAfterMs);
}

/** What no answer waits for, such as a cache, which is not believed beyond what its hub knows (UNREAD-2). */
export function runBehind(ports: Pick<WavePorts, "later" | "log">, work: Promise<void>): void {
  ports.later(noted(ports, work));
}

function noted({ log }: Pick<WavePorts, "log">, work: Promise<void>): Promise<void> {
  return work.catch((error: unknown) => log.error("wave.failed", describeFailure(error)));
}

/** Waits for work that goes on anyway. */
export function waitAtMost(
  { clock }: Pick<WavePorts, "clock">,
  work: Promise<unknown>,
  ms: number,
): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.every(ms, done);
    function done(): void {
      stop();
      resolve();
    }
    // eslint-disable-next-line promise/no-callback-in-promise -- a race, with the loser's timer stopped
    work.then(done, done);
  });
}
