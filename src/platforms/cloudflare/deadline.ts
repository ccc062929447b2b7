import { systemClock } from "../../adapters/memory/clock.ts";
import type { Clock } from "../../ports/clock.ts";
import { ChatError, type ErrorCode } from "../../protocol/error.ts";

export interface Deadline {
  ms: number;
  code: ErrorCode;
  /** Whose timers are used; the runtime's own unless given. */
  clock?: Pick<Clock, "every">;
}

/** Gives up on a call that takes too long, and names every failure of it alike (ERR-2). */
export function withDeadline<T>(
  call: Promise<T>,
  { ms, code, clock = systemClock }: Deadline,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new ChatError(code, { cause, retryAfterMs: 2_000 }));
    const stop = clock.every(ms, () => {
      stop();
      fail(new Error(`no answer within ${ms} ms`));
    });
    // eslint-disable-next-line promise/no-callback-in-promise -- a race, with the loser's timer stopped
    call.then(resolve, fail).finally(stop);
  });
}
