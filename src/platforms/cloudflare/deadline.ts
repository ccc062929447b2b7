import { ChatError } from "../../protocol/error.ts";

/** Gives up on a call of a hub that takes too long, and names every failure of it alike. */
export async function withDeadline<T>(call: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([call, deadline]);
  } catch (cause) {
    throw new ChatError("hub-unavailable", { cause, retryAfterMs: 2_000 });
  } finally {
    clearTimeout(timer);
  }
}
