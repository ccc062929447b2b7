import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Authenticate } from "../usecases/authenticate.ts";
import { identify, introducePartners } from "../usecases/open-stream.ts";
import { createPageGuard } from "./cors.ts";
import type { AppOptions } from "./env.ts";
import { baseUrl } from "./links.ts";
import { credentialOf, lastEventIdOf } from "./stream-request.ts";

const surfaces = ["chat", "messaging"] as const;

/** The two socket addresses. A refused handshake is an HTTP answer that says why; a good one ends in the user's hub. */
export function registerSocketRoutes(
  app: OpenAPIHono,
  ports: Ports,
  { authenticate, openSocket }: Pick<AppOptions, "openSocket"> & { authenticate: Authenticate },
): void {
  if (!openSocket) return;
  const guardPage = createPageGuard(ports);

  for (const surface of surfaces) {
    app.get(`/ws/${surface}`, async (c) => {
      guardPage(c);
      if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
        throw new ChatError("upgrade-required");
      }
      const owner = await identify(ports, authenticate, credentialOf(c, ports));
      const base = baseUrl(ports, c.req.raw);
      const socket = { ...owner, surface, base, lastEventId: lastEventIdOf(c) };
      const response = await openSocket(socket, c.req.raw);
      ports.later(introducePartners(ports, owner.person.id));
      return response;
    });
  }
}
