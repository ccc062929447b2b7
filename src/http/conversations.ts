import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import {
  conversationListSchema,
  conversationPageSchema,
  historyPageSchema,
  historySchema,
  otherUserSchema,
} from "../protocol/chat-api.ts";
import { listConversations } from "../usecases/list-conversations.ts";
import { readHistory } from "../usecases/read-history.ts";
import type { ListedConversation } from "../usecases/sync-conversations.ts";
import { baseUrl, communicationPath } from "./links.ts";
import { renderContext, renderMessage, renderUser } from "./render.ts";
import { byToken, fails, json } from "./route-docs.ts";

const listRoute = createRoute({
  method: "get",
  path: `${communicationPath}/chats/conversations`,
  tags: ["Chat"],
  summary: "All conversations, newest first",
  security: byToken,
  request: { query: conversationPageSchema },
  responses: {
    200: json(conversationListSchema, "With `limit`, the `Link` header gives the next page."),
  },
});

const historyRoute = createRoute({
  method: "get",
  path: `${communicationPath}/chats/conversation/{user_id}`,
  tags: ["Chat"],
  summary: "The messages exchanged with one user, newest first",
  description: "What is read here counts as delivered.",
  security: byToken,
  request: { params: otherUserSchema, query: historyPageSchema },
  responses: { 200: json(historySchema, "One page.") },
  ...fails("not-found"),
});

export function registerConversationRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  const { pageDefault, pageMax } = ports.config.limits;

  app.openapi({ ...listRoute, middleware: signedIn }, async (c) => {
    const { limit: asked, cursor } = c.req.valid("query");
    const limit = asked === undefined ? null : Math.min(asked, pageMax);
    const page = await listConversations(ports, c.var.session.person.id, { limit, cursor });
    const { conversations, nextCursor } = page;
    if (nextCursor) c.header("Link", nextLink(baseUrl(ports, c.req.raw), limit, nextCursor));
    return c.json(conversations.map(renderConversation), 200);
  });

  app.openapi({ ...historyRoute, middleware: signedIn }, async (c) => {
    const { limit = pageDefault, offset = 0, before_id: beforeId = null } = c.req.valid("query");
    const page = { limit: Math.min(limit, pageMax), offset, beforeId };
    const otherUserId = c.req.valid("param").user_id;
    const history = await readHistory(ports, c.var.session.person.id, { otherUserId, page });
    const context = renderContext(ports, c.req.raw);
    const body = {
      conversation_id: history.conversationId,
      other_user: renderUser(history.otherUser, history.presence?.isOnline ?? false),
      messages: history.messages.map((message) => renderMessage(message, context)),
      has_more: history.hasMore,
    };
    return c.json(body, 200);
  });
}

function nextLink(base: string, limit: number | null, cursor: string): string {
  return `<${base}${communicationPath}/chats/conversations/?limit=${limit}&cursor=${cursor}>; rel="next"`;
}

function renderConversation(conversation: ListedConversation) {
  return {
    conversation_id: conversation.id,
    other_user: renderUser(conversation.otherUser, conversation.isOnline),
    last_message: conversation.lastMessage,
    last_message_at: conversation.lastMessageAt,
    last_message_by_me: conversation.lastMessageByMe,
    unread_count: conversation.unread.count,
    updated_at: conversation.updatedAt,
  };
}
