import type { Context } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { StreamCredential } from "../usecases/open-stream.ts";
import { bearerToken } from "./auth.ts";

/** How a stream or socket says whose it is (AUTH-1, AUTH-2). */
export function credentialOf(c: Context, { config }: Pick<Ports, "config">): StreamCredential {
  const ticket = c.req.query("ticket");
  if (ticket) return { ticket };
  const header = bearerToken(c.req.header("Authorization"));
  if (header) return { token: header };
  const token = c.req.query("token");
  if (token && config.queryToken) return { token };
  throw new ChatError("unauthorized");
}

/** The header is the browser's own and newer than an address written when the page was opened. */
export function lastEventIdOf(c: Context): string | null {
  return c.req.header("Last-Event-ID") || c.req.query("last_event_id") || null;
}
