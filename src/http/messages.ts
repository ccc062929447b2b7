import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { chatMessageSchema, sendFormSchema, sendSchema } from "../protocol/chat-api.ts";
import { sendHeadersSchema } from "../protocol/fields.ts";
import { parseWith } from "./errors.ts";
import type { GivenMessage, MessageForm } from "./form-upload.ts";
import { communicationPath } from "./links.ts";
import { renderMessage } from "./render.ts";
import { byToken, fails, json, sendErrors } from "./route-docs.ts";
import { createSender } from "./sender.ts";

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
  ...fails(...sendErrors),
});

const form: MessageForm = {
  names: Object.keys(sendFormSchema.shape),
  needed: ["receiver_id"],
  parse: (fields) => readSend(parseWith(sendFormSchema, fields)),
};

export function registerMessageRoutes(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  const { whileOpen, formFirst, sendJson } = createSender(ports, renderMessage);

  app.openapi(
    { ...sendRoute, middleware: [whileOpen, signedIn, formFirst(() => form)] },
    async (c) => {
      const { body, status } = await sendJson(c, readSend(c.req.valid("json")));
      return c.json(body, status);
    },
  );
}

function readSend({
  receiver_id: receiverId,
  message: text,
  client_id: clientId,
}: z.output<typeof sendSchema> | z.output<typeof sendFormSchema>): GivenMessage {
  return { receiverId, text, clientId };
}
