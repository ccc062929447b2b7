import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import {
  byIdSchema,
  messagesWithUserSchema,
  messagingMessagesSchema,
  messagingPageSchema,
} from "../protocol/messaging-api.ts";
import { renderMessagingMessage } from "../protocol/messaging-message.ts";
import type { MessagingMessage } from "../protocol/messaging-message.ts";
import { formatMessageCursor, parseMessageCursor } from "../protocol/page-cursor.ts";
import { findConversation } from "../usecases/find-conversation.ts";
import { readHistory } from "../usecases/read-history.ts";
import { messagesPath, messagingPath } from "./links.ts";
import { linkToNext } from "./messaging-page.ts";
import type { Page } from "./messaging-page.ts";
import { renderContext } from "./render.ts";
import { byToken, fails, json } from "./route-docs.ts";

function withUserRoute<Path extends string>(path: Path, summary: string) {
  return createRoute({
    method: "get",
    path,
    tags: ["Messaging"],
    summary,
    description: "What is read here counts as delivered.",
    security: byToken,
    request: { query: messagesWithUserSchema },
    responses: { 200: json(messagingMessagesSchema, "One page.") },
    ...fails("not-found"),
  });
}

const withUserRoutes = [
  withUserRoute(`${messagingPath}/messages`, "The messages exchanged with one user, newest first"),
  withUserRoute(messagesPath, "The same, at its short address"),
];

const inConversationRoute = createRoute({
  method: "get",
  path: `${messagingPath}/conversations/{id}/messages`,
  tags: ["Messaging"],
  summary: "The messages of one conversation, newest first",
  description: "What is read here counts as delivered.",
  security: byToken,
  request: { params: byIdSchema, query: messagingPageSchema },
  responses: { 200: json(messagingMessagesSchema, "One page.") },
  ...fails("not-found"),
});

interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
  user_id?: number;
}

export function registerMessagingMessages(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  const { pageDefault, pageMax } = ports.config.limits;

  async function readPage(
    c: Context,
    otherUserId: number,
    query: PageQuery,
  ): Promise<Page<MessagingMessage>> {
    const { limit = pageDefault, cursor } = query;
    const beforeId = cursor === undefined ? null : parseMessageCursor(cursor);
    const page = { limit: Math.min(limit, pageMax), offset: 0, beforeId };
    const userId = c.var.session.person.id;
    const { messages, hasMore } = await readHistory(ports, userId, { otherUserId, page });
    const last = hasMore ? messages.at(-1) : undefined;
    const { linkTo } = renderContext(ports, c.req.raw);
    return {
      results: messages.map((message) => renderMessagingMessage(message, linkTo)),
      next: last ? linkToNext(ports, c, { ...query, cursor: formatMessageCursor(last.id) }) : null,
      previous: null,
    };
  }

  for (const route of withUserRoutes) {
    app.openapi({ ...route, middleware: signedIn }, async (c) => {
      const query = c.req.valid("query");
      return c.json(await readPage(c, query.user_id, query), 200);
    });
  }

  app.openapi({ ...inConversationRoute, middleware: signedIn }, async (c) => {
    const { id } = c.req.valid("param");
    const { otherUser } = await findConversation(ports, c.var.session.person.id, id);
    return c.json(await readPage(c, otherUser.id, c.req.valid("query")), 200);
  });
}
