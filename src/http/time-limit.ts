import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";

const limitMs = 9_500;

/**
 * Answers in time whatever hangs behind a request (ERR-2). What was begun goes on, so that a retry with the same key finds
 * it. Streams and files take as long as they take.
 */
export function timeLimit({ clock }: Pick<Ports, "clock">): MiddlewareHandler {
  return async (c, next) => {
    const isForm = c.req.header("Content-Type")?.startsWith("multipart/") === true;
    if (isForm || /^\/ws\/|\/sse\/|\/attachments\//.test(c.req.path)) return next();
    await new Promise<void>((resolve, reject) => {
      const stop = clock.every(limitMs, () => {
        stop();
        reject(new ChatError("history-unavailable", { retryAfterMs: 2_000 }));
      });
      // eslint-disable-next-line promise/no-callback-in-promise -- a race, with the loser's timer stopped
      next().then(resolve, reject).finally(stop);
    });
  };
}
