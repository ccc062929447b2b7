import type { Context, MiddlewareHandler } from "hono";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Message } from "../protocol/message.ts";
import { checkGate, sendMessage } from "../usecases/send-message.ts";
import type { SendResult } from "../usecases/send-message.ts";
import { sendForm } from "./form-upload.ts";
import type { GivenMessage, MessageForm } from "./form-upload.ts";
import { chooseClientId } from "./idempotency.ts";
import { readJsonBody } from "./json-body.ts";
import { boundaryOf } from "./multipart.ts";
import { renderContext } from "./render.ts";
import type { RenderContext } from "./render.ts";

export interface SendAnswer<Body> {
  body: Body;
  status: 200 | 201;
}

/** Sends what came as JSON or as a form, and answers as one API shows a message (SEND-2). */
export interface Sender<Body> {
  /** Comes before everything else: too much is refused at the price of a look (SEND-7). */
  whileOpen: MiddlewareHandler;
  /** Reads a form while it arrives, before any validator would hold all of it; leaves JSON to the route. */
  formFirst(formOf: (c: Context) => MessageForm | Promise<MessageForm>): MiddlewareHandler;
  sendJson(c: Context, given: GivenMessage): Promise<SendAnswer<Body>>;
}

export function createSender<Body extends object>(
  ports: Ports,
  render: (message: Message, context: RenderContext) => Body,
): Sender<Body> {
  function answer(c: Context, { message, isReplay }: SendResult): SendAnswer<Body> {
    if (isReplay) c.header("Idempotency-Replayed", "true");
    const body = render(message, renderContext(ports, c.req.raw));
    return { body, status: isReplay ? 200 : 201 };
  }

  return {
    async whileOpen(_c, next) {
      checkGate(ports);
      await next();
    },
    formFirst: (formOf) => async (c, next) => {
      const boundary = boundaryOf(c.req.header("Content-Type"));
      if (boundary === null) {
        await readJsonBody(ports, c.req);
        return next();
      }
      const { body } = c.req.raw;
      if (!body) throw new ChatError("malformed-multipart");
      const form = await formOf(c);
      const idempotencyKey = c.req.header("Idempotency-Key");
      const request = { form, body, boundary, idempotencyKey };
      const sent = answer(c, await sendForm(ports, c.var.session.person, request));
      return c.json(sent.body, sent.status);
    },
    async sendJson(c, { clientId: given, ...message }) {
      const clientId = chooseClientId(given, c.req.header("Idempotency-Key"));
      const input = { ...message, clientId, attachment: null };
      return answer(c, await sendMessage(ports, c.var.session.person, input));
    },
  };
}
