import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import { inTime } from "../usecases/in-time.ts";

const limitMs = 9_500;

const otherwise = (): Error => new ChatError("history-unavailable", { retryAfterMs: 2_000 });

/**
 * Answers in time whatever hangs behind a request (ERR-2). What was begun goes on, so that a retry with the same key finds
 * it. Streams and files take as long as they take.
 */
export function timeLimit({ clock }: Pick<Ports, "clock">): MiddlewareHandler {
  return async (c, next) => {
    const isForm = c.req.header("Content-Type")?.startsWith("multipart/") === true;
    if (isForm || /^\/ws\/|\/sse\/|\/attachments\//.test(c.req.path)) return next();
    await inTime(clock, next(), { ms: limitMs, otherwise });
  };
}
