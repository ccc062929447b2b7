import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { ReadTarget } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { markedSchema, markReadSchema } from "../protocol/chat-api.ts";
import { ChatError } from "../protocol/error.ts";
import { markRead } from "../usecases/mark-read.ts";
import { jsonBody } from "./json-body.ts";
import { communicationPath } from "./links.ts";
import { bodyErrors, byToken, fails, json, jsonRequest } from "./route-docs.ts";

const markReadRoute = createRoute({
  method: "post",
  path: `${communicationPath}/chats/mark-read`,
  tags: ["Chat"],
  summary: "Mark messages as read",
  description:
    "By message_ids: exactly those; ids of other people's messages are passed over. " +
    "By conversation_id or sender_id: everything that is unread there.",
  security: byToken,
  request: { body: jsonRequest(markReadSchema) },
  responses: { 200: json(markedSchema, "How many became read.") },
  ...fails(...bodyErrors, "not-found"),
});

export function registerReceiptRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  app.openapi({ ...markReadRoute, middleware: [signedIn, jsonBody(ports)] }, async (c) => {
    const target = targetOf(c.req.valid("json"), ports.config.limits.markReadIds);
    const { markedCount, readAt } = await markRead(ports, c.var.session.person, target);
    return c.json({ success: true as const, marked_count: markedCount, read_at: readAt }, 200);
  });
}

function targetOf(body: z.output<typeof markReadSchema>, mostIds: number): ReadTarget {
  const { message_ids: messageIds, conversation_id: conversationId, sender_id: senderId } = body;
  const targets: ReadTarget[] = [];
  if (messageIds) targets.push({ by: "messages", messageIds: [...new Set(messageIds)] });
  if (conversationId) targets.push({ by: "conversation", conversationId });
  if (senderId) targets.push({ by: "sender", senderId });
  const [target] = targets;
  if (!target || targets.length > 1) {
    const detail = "Exactly one of message_ids, conversation_id and sender_id is needed";
    throw new ChatError("invalid-request", { detail, fields: [{ path: "", message: detail }] });
  }
  if (messageIds && messageIds.length > mostIds) {
    const message = `at most ${mostIds} ids`;
    throw new ChatError("invalid-request", { fields: [{ path: "message_ids", message }] });
  }
  return target;
}
