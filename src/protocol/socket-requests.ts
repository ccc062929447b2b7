import { z } from "@hono/zod-openapi";
import { clientIdSchema, idSchema } from "./ids.ts";

/** What a request's answer carries back, so that the asker knows it again. */
const ref = z.union([z.string().max(64), z.number()]).optional();
const text = z.string();

const send = z
  .object({
    ref,
    recipient_id: idSchema.optional(),
    conversation_id: idSchema.optional(),
    text: text.optional(),
    /** The name that the messaging API's model has for it. */
    content: text.optional(),
    client_id: clientIdSchema.nullish(),
  })
  .refine((frame) => (frame.recipient_id === undefined) !== (frame.conversation_id === undefined), {
    error: "either recipient_id or conversation_id",
    path: ["recipient_id"],
  });

const readTarget = z.object({
  ref,
  conversation_id: idSchema.optional(),
  message_ids: z.array(idSchema).max(10_000).optional(),
  sender_id: idSchema.optional(),
});

/** Every frame that a client sends, by its type. Unknown fields are let pass. */
export const socketRequestSchemas = {
  /** First on /ws/messaging/: from which event on. */
  hello: z.object({ ref, last_event_id: z.string().max(64).nullish() }),
  /** Everything up to and including this event has arrived. */
  ack: z.object({ event_id: z.string().max(64) }),
  message: send,
  /** The same as `message`. */
  send,
  typing: z.object({ ref, recipient_id: idSchema, is_typing: z.boolean() }),
  read: readTarget,
  open_conversation: z.object({ ref, user_id: idSchema }),
  list_conversations: z.object({
    ref,
    limit: z.int().min(1).max(100).optional(),
    cursor: z.string().max(200).optional(),
  }),
  presence: z.object({ ref }),
  ping: z.object({ ref }),
} as const;

export type SocketRequestType = keyof typeof socketRequestSchemas;

export type SocketRequest = {
  [Type in SocketRequestType]: { type: Type } & z.output<(typeof socketRequestSchemas)[Type]>;
}[SocketRequestType];

/** The very bytes that the runtime answers for a sleeping hub; any other spelling wakes it. */
export const ping = '{"type":"ping"}';
export const pong = '{"type":"pong"}';
