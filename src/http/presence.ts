import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { onlineUsersSchema } from "../protocol/chat-api.ts";
import { listOnline } from "../usecases/list-online.ts";
import { communicationPath } from "./links.ts";
import { byToken, json } from "./route-docs.ts";

const onlineRoute = createRoute({
  method: "get",
  path: `${communicationPath}/chats/online-users`,
  tags: ["Chat"],
  summary: "Who is online of those you share a conversation with",
  security: byToken,
  responses: { 200: json(onlineUsersSchema, "Their ids.") },
});

export function registerPresenceRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  app.openapi({ ...onlineRoute, middleware: signedIn }, async (c) => {
    return c.json({ online_users: await listOnline(ports, c.var.session.person.id) }, 200);
  });
}
