import type { MiddlewareHandler } from "hono";
import { ChatError } from "../protocol/error.ts";

const everywhere = {
  "Cache-Control": "no-store, private",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};
const oneYear = "max-age=31536000; includeSubDomains";

/** Names the request and sets what every response carries; a route's own value stays (HEADER-1). */
export const commonHeaders: MiddlewareHandler = async (c, next) => {
  c.set("requestId", crypto.randomUUID());
  await next();
  // An upgraded connection has no headers of its own.
  if (c.res.status === 101) return;
  for (const [name, value] of Object.entries(everywhere)) {
    if (!c.res.headers.has(name)) c.header(name, value);
  }
  c.header("X-Request-Id", c.var.requestId);
  if (c.req.url.startsWith("https:")) c.header("Strict-Transport-Security", oneYear);
};

/** Only paths that can be read have routes (URL-1). */
export const guardUrl: MiddlewareHandler = async (c, next) => {
  if (c.req.url.includes("%") && !isReadable(new URL(c.req.url).pathname)) {
    throw new ChatError("malformed-url");
  }
  await next();
};

function isReadable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes("\u0000");
  } catch {
    return false;
  }
}
