import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { unreadSchema } from "../protocol/chat-api.ts";
import { countUnread } from "../usecases/count-unread.ts";
import { communicationPath } from "./links.ts";
import { byToken, json } from "./route-docs.ts";

const unreadRoute = createRoute({
  method: "get",
  path: `${communicationPath}/chats/unread-count`,
  tags: ["Chat"],
  summary: "What is unread, in all and per conversation",
  security: byToken,
  responses: { 200: json(unreadSchema, "Only conversations in which something is unread.") },
});

export function registerUnreadRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  app.openapi({ ...unreadRoute, middleware: signedIn }, async (c) => {
    const counts = await countUnread(ports, c.var.session.person.id);
    const body = {
      total_unread: counts.reduce((sum, { count }) => sum + count, 0),
      conversations: counts.map(({ conversationId, count, otherUserId, otherUserName }) => ({
        conversation_id: conversationId,
        unread_count: count,
        other_user_id: otherUserId,
        other_user_name: otherUserName,
      })),
    };
    return c.json(body, 200);
  });
}
