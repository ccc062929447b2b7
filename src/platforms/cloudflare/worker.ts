import { env } from "cloudflare:workers";
import { createApp } from "../../http/app.ts";
import type { SocketToOpen } from "../../http/env.ts";
import { withDeadline } from "./deadline.ts";
import { consoleLogger } from "./logger.ts";
import { createPorts } from "./ports.ts";
import { withOwnTimer } from "./request-clock.ts";
import { socketRequest } from "./socket-request.ts";

export { UserHub } from "./user-hub.ts";

type App = ReturnType<typeof createApp>;

/** Made at the first request: it remembers people and rates for as long as the isolate lives. */
let app: App | undefined;

export default {
  async fetch(request): Promise<Response> {
    try {
      app ??= createApp(createPorts(env, "worker"), { clientAddress, admit, openSocket });
    } catch (error) {
      return misconfigured(error);
    }
    const served = app;
    return withOwnTimer(() => served.fetch(request));
  },
} satisfies ExportedHandler<Env>;

/** The log names the setting; a stranger learns nothing. */
function misconfigured(error: unknown): Response {
  consoleLogger.error("configuration.invalid", { reason: String(error) });
  const problem = { type: "urn:parley:error:internal", title: "The server is misconfigured" };
  const body = { ...problem, status: 500, code: "internal" };
  const headers = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
  return new Response(JSON.stringify(body), { status: 500, headers });
}

/** The socket ends in its owner's hub, where it can sleep. */
async function openSocket({
  person,
  expiresAt,
  lastEventId,
  ...how
}: SocketToOpen): Promise<Response> {
  const info = { ...how, person, expiresAt: expiresAt * 1_000 };
  const hub = env.USER_HUB.getByName(String(person.id));
  const opening = hub.fetch(socketRequest({ info, lastEventId }));
  return withDeadline(opening, { ms: 5_000, code: "hub-unavailable" });
}

async function admit(address: string): Promise<boolean> {
  const { success } = await env.EDGE_LIMIT.limit({ key: address });
  return success;
}

/** Cloudflare sets this header itself, over whatever a client sends. */
function clientAddress(request: Request): string | null {
  return request.headers.get("cf-connecting-ip");
}
