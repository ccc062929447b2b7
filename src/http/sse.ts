import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Authenticate } from "../usecases/authenticate.ts";
import { openStream } from "../usecases/open-stream.ts";
import { createPageGuard } from "./cors.ts";
import type { AppOptions } from "./env.ts";
import { createEventStream } from "./event-stream.ts";
import { openOutlet as openTransform } from "./outlet.ts";
import { renderContext } from "./render.ts";
import { formatEvent } from "./sse-events.ts";
import { credentialOf, lastEventIdOf } from "./stream-request.ts";

const path = "/api/v1/communication/sse/events";
const headers = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store, no-transform, private",
  "X-Accel-Buffering": "no",
};

interface StreamRouteOptions extends Pick<AppOptions, "openOutlet"> {
  authenticate: Authenticate;
}

/** The stream of the SSE chat API. Its frames are described in protocol/PROTOCOL.md. */
export function registerStreamRoutes(
  app: OpenAPIHono,
  ports: Ports,
  { authenticate, openOutlet = openTransform }: StreamRouteOptions,
): void {
  const guardPage = createPageGuard(ports);

  app.get(path, async (c) => {
    if (c.req.method === "HEAD") throw new ChatError("method-not-allowed");
    guardPage(c);
    try {
      const request = { credential: credentialOf(c, ports), lastEventId: lastEventIdOf(c) };
      const stream = await openStream(ports, authenticate, request);
      const { raw } = c.req;
      const context = renderContext(ports, raw);
      const body = createEventStream(ports, {
        stream,
        context,
        openOutlet: (onGone) => openOutlet(raw, onGone),
      });
      return c.body(body, 200, headers);
    } catch (error) {
      if (isTemporary(error) && !wantsProblem(c)) return comeBackLater(c, error);
      throw error;
    }
  });
}

function isTemporary(error: unknown): error is ChatError {
  return error instanceof ChatError && (error.status >= 500 || error.code === "rate-limited");
}

/** Browsers' EventSource gives up for good at any status but 200; clients that know better say so. */
function wantsProblem(c: Context): boolean {
  return (c.req.header("Accept") ?? "").includes("application/problem+json");
}

function comeBackLater(c: Context, error: ChatError): Response {
  const retry = 5_000 + Math.floor(Math.random() * 25_000);
  const event = formatEvent("error", { code: error.code, detail: error.message });
  return c.body(`retry: ${retry}\n${event}`, 200, headers);
}
