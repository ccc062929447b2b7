import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { byIdSchema, unreadFromSchema, unreadTotalSchema } from "../protocol/messaging-api.ts";
import { countUnreadFrom } from "../usecases/count-unread-from.ts";
import { countUnread } from "../usecases/count-unread.ts";
import { messagingPath } from "./links.ts";
import { byToken, fails, json } from "./route-docs.ts";

const fromRoute = createRoute({
  method: "get",
  path: `${messagingPath}/messages/user/{id}/unread`,
  tags: ["Messaging"],
  summary: "How much is unread of one user",
  security: byToken,
  request: { params: byIdSchema },
  responses: { 200: json(unreadFromSchema, "Zero for someone who never wrote to you.") },
  ...fails("not-found"),
});

const totalRoute = createRoute({
  method: "get",
  path: `${messagingPath}/unread-count`,
  tags: ["Messaging"],
  summary: "How much is unread in all",
  security: byToken,
  responses: { 200: json(unreadTotalSchema, "The sum of all conversations.") },
});

export function registerMessagingUnread(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  app.openapi({ ...fromRoute, middleware: signedIn }, async (c) => {
    const { id } = c.req.valid("param");
    const count = await countUnreadFrom(ports, c.var.session.person.id, id);
    return c.json({ user_id: id, unread_count: count }, 200);
  });

  app.openapi({ ...totalRoute, middleware: signedIn }, async (c) => {
    const counts = await countUnread(ports, c.var.session.person.id);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    return c.json({ unread_count: total, total_unread: total }, 200);
  });
}
