import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { successSchema, typingSchema } from "../protocol/chat-api.ts";
import { sendTyping } from "../usecases/send-typing.ts";
import { jsonBody } from "./json-body.ts";
import { communicationPath } from "./links.ts";
import { bodyErrors, byToken, fails, json, jsonRequest } from "./route-docs.ts";

const typingRoute = createRoute({
  method: "post",
  path: `${communicationPath}/chats/typing`,
  tags: ["Chat"],
  summary: "Tell the other side that you type, or that you stopped",
  security: byToken,
  request: { body: jsonRequest(typingSchema) },
  responses: { 200: json(successSchema, "Told at most once a second.") },
  ...fails(...bodyErrors, "not-found", "rate-limited"),
});

export function registerTypingRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  app.openapi({ ...typingRoute, middleware: [signedIn, jsonBody(ports)] }, async (c) => {
    const { receiver_id: receiverId, is_typing: isTyping } = c.req.valid("json");
    await sendTyping(ports, c.var.session.person, { receiverId, isTyping });
    return c.json({ success: true as const }, 200);
  });
}
