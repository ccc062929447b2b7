import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import {
  byIdSchema,
  messagingConversationSchema,
  messagingConversationsSchema,
  messagingPageSchema,
  openConversationSchema,
} from "../protocol/messaging-api.ts";
import { renderMessagingConversation } from "../protocol/messaging-conversation.ts";
import { listConversations } from "../usecases/list-conversations.ts";
import { openConversation } from "../usecases/open-conversation.ts";
import { readConversation } from "../usecases/read-conversation.ts";
import { jsonBody } from "./json-body.ts";
import { messagingPath } from "./links.ts";
import { linkToNext } from "./messaging-page.ts";
import { bodyErrors, byToken, fails, json, jsonRequest } from "./route-docs.ts";

const listRoute = createRoute({
  method: "get",
  path: `${messagingPath}/conversations`,
  tags: ["Messaging"],
  summary: "Your conversations, newest first",
  security: byToken,
  request: { query: messagingPageSchema },
  responses: { 200: json(messagingConversationsSchema, "One page.") },
});

const openRoute = createRoute({
  method: "post",
  path: `${messagingPath}/conversations`,
  tags: ["Messaging"],
  summary: "Open the conversation with one user",
  security: byToken,
  request: { body: jsonRequest(openConversationSchema) },
  responses: {
    200: json(messagingConversationSchema, "It was there before."),
    201: json(messagingConversationSchema, "It is new."),
  },
  ...fails(...bodyErrors, "receiver-is-sender", "not-found", "rate-limited"),
});

const readRoute = createRoute({
  method: "get",
  path: `${messagingPath}/conversations/{id}`,
  tags: ["Messaging"],
  summary: "One of your conversations",
  security: byToken,
  request: { params: byIdSchema },
  responses: { 200: json(messagingConversationSchema, "As the list has it.") },
  ...fails("not-found"),
});

export function registerMessagingConversations(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  const { pageDefault, pageMax } = ports.config.limits;

  app.openapi({ ...listRoute, middleware: signedIn }, async (c) => {
    const { cursor, limit } = c.req.valid("query");
    const { person } = c.var.session;
    const size = Math.min(limit ?? pageDefault, pageMax);
    const page = await listConversations(ports, person.id, { limit: size, cursor });
    const results = page.conversations.map((each) => renderMessagingConversation(person, each));
    const next = page.nextCursor && linkToNext(ports, c, { limit, cursor: page.nextCursor });
    return c.json({ results, next, previous: null }, 200);
  });

  app.openapi({ ...openRoute, middleware: [signedIn, jsonBody(ports)] }, async (c) => {
    const { person } = c.var.session;
    const { conversation, isNew } = await openConversation(
      ports,
      person,
      otherOf(c.req.valid("json")),
    );
    return c.json(renderMessagingConversation(person, conversation), isNew ? 201 : 200);
  });

  app.openapi({ ...readRoute, middleware: signedIn }, async (c) => {
    const { person } = c.var.session;
    const conversation = await readConversation(ports, person.id, c.req.valid("param").id);
    return c.json(renderMessagingConversation(person, conversation), 200);
  });
}

/** Whichever name the client knows for the other user. */
function otherOf(body: z.output<typeof openConversationSchema>): number {
  const given = [body.user_id, body.recipient_id, body.participant_id];
  const [other, ...others] = new Set(given.filter((id) => typeof id === "number"));
  if (other === undefined || others.length > 0) {
    const message = "one user is needed";
    const fields = [{ path: "user_id", message }];
    throw new ChatError("invalid-request", { detail: `user_id: ${message}`, fields });
  }
  return other;
}
