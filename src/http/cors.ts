import type { Context, MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";

const preflight = {
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, OPTIONS",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Last-Event-ID",
  "Access-Control-Max-Age": "600",
};
const exposed = "Link, Retry-After, Idempotency-Replayed, X-Request-Id";

/** `*` stands for one host label, never for a dot or more; as a port, for any and for none. */
function patternOf(entry: string): RegExp {
  const escaped = entry.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = escaped.replace(/:\*$/, "(:[0-9]{1,5})?").replaceAll("*", "[a-z0-9-]+");
  return new RegExp(`^${pattern}$`);
}

/** Whether pages of an origin may call the server; without an origin it is no page (CORS-1). */
function createOriginCheck(allowedOrigins: string[]): (origin: string) => boolean {
  const exact = new Set(allowedOrigins.filter((entry) => !entry.includes("*")));
  const patterns = allowedOrigins.filter((entry) => entry.includes("*")).map(patternOf);
  return (origin) => exact.has(origin) || patterns.some((pattern) => pattern.test(origin));
}

/** Refuses a stream or socket to pages that are neither the server's own nor on the list (CORS-1). */
export function createPageGuard({ config }: Pick<Ports, "config">): (c: Context) => void {
  const isAllowed = createOriginCheck(config.allowedOrigins);
  return (c) => {
    const origin = c.req.header("Origin");
    const isOwnPage = origin === new URL(c.req.url).origin;
    if (origin === undefined || isOwnPage || isAllowed(origin)) return;
    throw new ChatError("forbidden", { detail: "This origin is not allowed" });
  };
}

/** Answers preflights and names the caller's origin where it is on the list; never `*` (CORS-1, CORS-2). */
export function cors({ config }: Pick<Ports, "config">): MiddlewareHandler {
  const isAllowed = createOriginCheck(config.allowedOrigins);
  return async (c, next) => {
    const origin = c.req.header("Origin");
    const isPreflight =
      c.req.method === "OPTIONS" && c.req.header("Access-Control-Request-Method") !== undefined;
    const isCaller = origin !== undefined && isAllowed(origin);
    if (isPreflight && !isCaller) {
      throw new ChatError("forbidden", { detail: "This origin is not allowed" });
    }
    if (isPreflight) c.res = new Response(null, { status: 204, headers: preflight });
    else await next();
    if (c.res.status === 101) return;
    c.header("Vary", "Origin", { append: true });
    if (!isCaller) return;
    c.header("Access-Control-Allow-Origin", origin);
    c.header("Access-Control-Expose-Headers", exposed);
  };
}
