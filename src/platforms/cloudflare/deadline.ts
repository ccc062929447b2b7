import { systemClock } from "../../adapters/memory/clock.ts";
import type { Clock } from "../../ports/clock.ts";
import { ChatError, type ErrorCode } from "../../protocol/error.ts";
import { inTime } from "../../usecases/in-time.ts";

export interface Deadline {
  ms: number;
  code: ErrorCode;
  /** Whose timers are used; the runtime's own unless given. */
  clock?: Pick<Clock, "every">;
}

/** Gives up on a call that takes too long, and names every failure of it alike (ERR-2). */
export async function withDeadline<T>(
  call: Promise<T>,
  { ms, code, clock = systemClock }: Deadline,
): Promise<T> {
  const otherwise = (): Error => new Error(`no answer within ${ms} ms`);
  try {
    return await inTime(clock, call, { ms, otherwise });
  } catch (cause) {
    throw new ChatError(code, { cause, retryAfterMs: 2_000 });
  }
}
