import { ChatError } from "../../protocol/error.ts";

/** Mistakes in a statement or its values: trying again cannot help. */
const mistakes = /^(0A|2[1-5]|42|P0)/;

/**
 * Gives the work a time limit and one more try. It MUST bear running twice, because a try whose answer was lost may
 * have been committed.
 */
export async function withRetry<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await within(timeoutMs, work);
  } catch (error) {
    if (isMistake(error)) throw error;
  }
  try {
    return await within(timeoutMs, work);
  } catch (error) {
    if (isMistake(error)) throw error;
    throw new ChatError("history-unavailable", { cause: error, retryAfterMs: retryAfterMs() });
  }
}

/** The SQLSTATE of an error that Postgres itself reported. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || !("severity" in error)) return null;
  return typeof error.code === "string" && error.severity ? error.code : null;
}

function isMistake(error: unknown): boolean {
  return mistakes.test(sqlState(error) ?? "");
}

/** Spread out, so that those who were refused together do not come back together. */
function retryAfterMs(): number {
  return 1_000 + Math.floor(Math.random() * 2_000);
}

export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`Postgres did not answer within ${ms} ms`);
    limit.abort(error);
    late.reject(error);
  }, ms);
  try {
    return await Promise.race([work(limit.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
