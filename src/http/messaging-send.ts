import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { sendHeadersSchema } from "../protocol/fields.ts";
import {
  byIdSchema,
  messagingMessageSchema,
  messagingSendFormSchema,
  messagingSendSchema,
  messagingSendToFormSchema,
  messagingSendToSchema,
} from "../protocol/messaging-api.ts";
import { renderMessagingMessage } from "../protocol/messaging-message.ts";
import { findConversation } from "../usecases/find-conversation.ts";
import { readText } from "../usecases/read-text.ts";
import { parseWith } from "./errors.ts";
import type { GivenMessage, MessageForm } from "./form-upload.ts";
import { messagingPath } from "./links.ts";
import { byToken, fails, json, sendErrors } from "./route-docs.ts";
import { createSender } from "./sender.ts";

/** What both ways to send have in common. */
const send = {
  method: "post" as const,
  tags: ["Messaging"],
  description:
    "As JSON, or as a form when a file goes with it; `content` is another name for `text`. A retry with the same " +
    "`client_id` or `Idempotency-Key` sends nothing new and is answered with 200 and the first message.",
  security: byToken,
  responses: {
    200: json(messagingMessageSchema, "It was sent before; `Idempotency-Replayed: true`."),
    201: json(messagingMessageSchema, "It is stored and on its way."),
  },
  ...fails(...sendErrors),
};

const inConversationRoute = createRoute({
  ...send,
  path: `${messagingPath}/conversations/{id}/messages`,
  summary: "Send a message in one of your conversations",
  request: {
    params: byIdSchema,
    headers: sendHeadersSchema,
    body: {
      content: {
        "application/json": { schema: messagingSendSchema },
        "multipart/form-data": { schema: messagingSendFormSchema },
      },
    },
  },
});

const toUserRoute = createRoute({
  ...send,
  path: `${messagingPath}/messages`,
  summary: "Send a message to one user",
  request: {
    headers: sendHeadersSchema,
    body: {
      content: {
        "application/json": { schema: messagingSendToSchema },
        "multipart/form-data": { schema: messagingSendToFormSchema },
      },
    },
  },
});

const toUserForm: MessageForm = {
  names: Object.keys(messagingSendToFormSchema.shape),
  needed: ["recipient_id"],
  parse(fields) {
    const body = parseWith(messagingSendToFormSchema, fields);
    return readSend(body, body.recipient_id);
  },
};

export function registerMessagingSend(
  app: OpenAPIHono,
  ports: Ports,
  signedIn: MiddlewareHandler,
): void {
  const { whileOpen, formFirst, sendJson } = createSender(ports, (message, { linkTo }) =>
    renderMessagingMessage(message, linkTo),
  );

  async function partnerOf(c: Context, conversationId: number): Promise<number> {
    const found = await findConversation(ports, c.var.session.person.id, conversationId);
    return found.otherUser.id;
  }

  async function conversationForm(c: Context): Promise<MessageForm> {
    const { id } = parseWith(byIdSchema, c.req.param());
    const receiverId = await partnerOf(c, id);
    return {
      names: Object.keys(messagingSendFormSchema.shape),
      needed: [],
      parse: (fields) => readSend(parseWith(messagingSendFormSchema, fields), receiverId),
    };
  }

  const inConversation = {
    ...inConversationRoute,
    middleware: [whileOpen, signedIn, formFirst(conversationForm)],
  };
  app.openapi(inConversation, async (c) => {
    const receiverId = await partnerOf(c, c.req.valid("param").id);
    const { body, status } = await sendJson(c, readSend(c.req.valid("json"), receiverId));
    return c.json(body, status);
  });

  app.openapi(
    { ...toUserRoute, middleware: [whileOpen, signedIn, formFirst(() => toUserForm)] },
    async (c) => {
      const given = c.req.valid("json");
      const { body, status } = await sendJson(c, readSend(given, given.recipient_id));
      return c.json(body, status);
    },
  );
}

type SendBody = z.output<typeof messagingSendSchema> | z.output<typeof messagingSendFormSchema>;

function readSend(body: SendBody, receiverId: number): GivenMessage {
  return { receiverId, text: readText(body), clientId: body.client_id };
}
