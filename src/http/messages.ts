import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import {
  chatMessageSchema,
  sendFormSchema,
  sendHeadersSchema,
  sendSchema,
} from "../protocol/chat-api.ts";
import type { ChatMessage } from "../protocol/chat-api.ts";
import { ChatError } from "../protocol/error.ts";
import { sendMessage } from "../usecases/send-message.ts";
import type { SendResult } from "../usecases/send-message.ts";
import { sendForm } from "./form-upload.ts";
import { chooseClientId } from "./idempotency.ts";
import { readJsonBody } from "./json-body.ts";
import { communicationPath } from "./links.ts";
import { boundaryOf } from "./multipart.ts";
import { renderContext, renderMessage } from "./render.ts";
import { byToken, fails, json } from "./route-docs.ts";

const sendRoute = createRoute({
  method: "post",
  path: `${communicationPath}/chats`,
  tags: ["Chat"],
  summary: "Send a message",
  description:
    "As JSON, or as a form when a file goes with it. The receiver gets it as a `message` event. " +
    "A retry with the same `client_id` or `Idempotency-Key` sends nothing new and is answered with " +
    "200 and the first message.",
  security: byToken,
  request: {
    headers: sendHeadersSchema,
    body: {
      content: {
        "application/json": { schema: sendSchema },
        "multipart/form-data": { schema: sendFormSchema },
      },
    },
  },
  responses: {
    200: json(chatMessageSchema, "It was sent before; `Idempotency-Replayed: true`."),
    201: json(chatMessageSchema, "It is stored and on its way."),
  },
  ...fails(
    "malformed-json",
    "malformed-multipart",
    "empty-message",
    "text-too-long",
    "receiver-is-sender",
    "not-found",
    "idempotency-conflict",
    "payload-too-large",
    "unsupported-media-type",
    "rate-limited",
    "attachments-unavailable",
  ),
});

export function registerMessageRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  async function answer(c: Context, { message, isReplay }: SendResult): Promise<SendAnswer> {
    if (isReplay) c.header("Idempotency-Replayed", "true");
    const body = renderMessage(message, renderContext(ports, c.req.raw));
    return { body, status: isReplay ? 200 : 201 };
  }

  /** A form is read while it arrives, before any validator would hold all of it. */
  const formFirst: MiddlewareHandler = async (c, next) => {
    const boundary = boundaryOf(c.req.header("Content-Type"));
    if (boundary === null) {
      await readJsonBody(c.req);
      return next();
    }
    const { body } = c.req.raw;
    if (!body) throw new ChatError("malformed-multipart");
    const idempotencyKey = c.req.header("Idempotency-Key");
    const result = await sendForm(ports, c.var.session.person, { body, boundary, idempotencyKey });
    const { body: message, status } = await answer(c, result);
    return c.json(message, status);
  };

  app.openapi({ ...sendRoute, middleware: [signedIn, formFirst] }, async (c) => {
    const { receiver_id: receiverId, message: text, client_id: given } = c.req.valid("json");
    const clientId = chooseClientId(given, c.req.valid("header")["idempotency-key"]);
    const input = { receiverId, text, clientId, attachment: null };
    const { body, status } = await answer(c, await sendMessage(ports, c.var.session.person, input));
    return c.json(body, status);
  });
}

interface SendAnswer {
  body: ChatMessage;
  status: 200 | 201;
}
