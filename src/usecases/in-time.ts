import type { Clock } from "../ports/clock.ts";

export interface Deadline {
  ms: number;
  otherwise: () => Error;
}

/** Waits no longer than that; the work itself goes on. */
export function inTime<T>(
  clock: Pick<Clock, "every">,
  work: Promise<T>,
  { ms, otherwise }: Deadline,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = clock.every(ms, () => {
      stop();
      reject(otherwise());
    });
    const ended =
      <Outcome>(settle: (outcome: Outcome) => void) =>
      (outcome: Outcome): void => {
        stop();
        settle(outcome);
      };
    // eslint-disable-next-line promise/no-callback-in-promise -- a race, with the loser's timer stopped
    work.then(ended(resolve), ended(reject));
  });
}
