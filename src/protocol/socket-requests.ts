import { z } from "@hono/zod-openapi";
import { clientIdSchema, idSchema } from "./ids.ts";

/** What a request's answer carries back, so that the asker knows it again. */
export const refSchema = z.union([z.string().max(64), z.number()]).optional();
const ref = refSchema;
const text = z.string();

const send = z
  .object({
    ref,
    recipient_id: idSchema.nullish(),
    conversation_id: idSchema.nullish(),
    text: text.nullish(),
    /** The name that the messaging API's model has for it. */
    content: text.nullish(),
    client_id: clientIdSchema.nullish(),
  })
  .refine((frame) => (frame.recipient_id == null) !== (frame.conversation_id == null), {
    error: "either recipient_id or conversation_id",
    path: ["recipient_id"],
  });

const readTarget = z.object({
  ref,
  conversation_id: idSchema.nullish(),
  message_ids: z.array(idSchema).max(10_000).nullish(),
  sender_id: idSchema.nullish(),
});

/** Every frame that a client sends, by its type. Unknown fields are let pass. */
export const socketRequestSchemas = {
  /** First on /ws/messaging/: from which event on. */
  hello: z.object({ ref, last_event_id: z.unknown().optional() }),
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
    limit: z.int().min(1).nullish(),
    cursor: z.string().max(200).nullish(),
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
