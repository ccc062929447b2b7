import { ChatError, type ErrorCode } from "../../protocol/error.ts";

export interface Deadline {
  ms: number;
  code: ErrorCode;
}

/** Gives up on a call that takes too long, and names every failure of it alike (ERR-2). */
export async function withDeadline<T>(call: Promise<T>, { ms, code }: Deadline): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([call, deadline]);
  } catch (cause) {
    throw new ChatError(code, { cause, retryAfterMs: 2_000 });
  } finally {
    clearTimeout(timer);
  }
}
