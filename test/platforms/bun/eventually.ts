import { setTimeout as sleep } from "node:timers/promises";

const [limitMs, pauseMs] = [15_000, 20];

/** Asks again until the answer fits; what happens in another process has no other sign. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  fits: (answer: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`Still not: ${JSON.stringify(answer)}`);
    }
    await sleep(pauseMs);
  }
}
