import { z } from "@hono/zod-openapi";
import { timeSchema as time, wireIdSchema as wireId } from "./fields.ts";
import { messagingConversationSchema, messagingMessageSchema } from "./messaging-api.ts";
import { problemSchema } from "./problem.ts";
import { socketRequestSchemas, type SocketRequestType } from "./socket-requests.ts";

/** A frame of one type; `event_id` is what a client acknowledges and comes back with. */
function frame<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ type: z.literal(type), ...shape });
}

const eventId = { event_id: z.string() };
/** The asker's own, where the request had one. */
const ref = { ref: z.union([z.string(), z.number()]).optional() };
const messages = { conversation_id: wireId, message_ids: z.array(wireId) };
const presence = { user_id: wireId, is_online: z.boolean(), last_seen: time.nullable() };
const message = { message: messagingMessageSchema };
const unreadCount = { unread_count: z.int().min(0).optional() };

const streamFrames = {
  connection_established: frame("connection_established", { user_id: wireId }).describe(
    "The socket is open, and whose it is. Comes first.",
  ),
  ready: frame("ready", eventId).describe("Everything that was missed has been sent."),
  reset: frame("reset", {
    reason: z.enum(["unknown-cursor", "log-too-short"]),
    ...eventId,
  }).describe("Too much was missed, or the id is not known: read the lists again."),
  error: frame("error", {
    code: problemSchema.shape.code,
    detail: z.string(),
    retry_after_ms: z.int().optional(),
    ...ref,
  }).describe("What was wrong with a frame, by the codes that HTTP has."),
};

const eventFrames = {
  new_message: frame("new_message", { ...message, ...unreadCount, ...eventId }).describe(
    "Someone wrote to you. `unread_count` is how many of the conversation you have not read then, where it is known.",
  ),
  message: frame("message", { ...message, ...unreadCount, ...eventId }).describe(
    "A message of yours or to you, from any of your windows; to you, with `unread_count` where it is known.",
  ),
  read_receipt: frame("read_receipt", {
    reader_id: wireId,
    reader_name: z.string(),
    ...messages,
    read_at: time,
    ...eventId,
  }).describe("Messages of yours were read."),
  delivery_receipt: frame("delivery_receipt", {
    receiver_id: wireId,
    ...messages,
    delivered_at: time,
    ...eventId,
  }).describe("Messages of yours have reached their receiver."),
  unread: frame("unread", {
    ...messages,
    read_at: time,
    unread_count: z.int().min(0),
    ...eventId,
  }).describe("You read these in another window."),
  notification: z
    .looseObject({
      type: z.literal("notification"),
      title: z.string(),
      message: z.string(),
      notification_type: z.string(),
      id: z.string(),
      timestamp: time,
      ...eventId,
    })
    .describe("What your own backend tells, with whatever it added."),
  typing: frame("typing", {
    sender_id: wireId,
    sender_name: z.string(),
    is_typing: z.boolean(),
  }).describe("Someone types to you; let it expire after 5 s."),
  presence: frame("presence", presence).describe(
    "Someone who shares a conversation with you came or went.",
  ),
};

const answerFrames = {
  message_sent: frame("message_sent", {
    id: z.string(),
    client_id: z.string().nullable(),
    seq: z.int(),
    ...message,
    event_id: z.string().optional(),
    ...ref,
  }).describe("Your message is stored. Your other sockets on /ws/chat/ get it with an event_id."),
  read_done: frame("read_done", { marked_count: z.int(), read_at: time, ...ref }).describe(
    "How many messages are read now that were not before.",
  ),
  conversation: frame("conversation", {
    conversation: messagingConversationSchema,
    ...ref,
  }).describe("The conversation with that user."),
  conversations: frame("conversations", {
    results: z.array(messagingConversationSchema),
    next_cursor: z.string().nullable(),
    ...ref,
  }).describe("A page, the latest first; next_cursor is null on the last one."),
  presence_list: frame("presence_list", { users: z.array(z.object(presence)), ...ref }).describe(
    "How everyone is who shares a conversation with you.",
  ),
  pong: frame("pong", ref).describe("The answer to a ping."),
};

/** Every frame that the server sends, by its type. */
export const socketFrameSchemas = { ...streamFrames, ...eventFrames, ...answerFrames } as const;

export type SocketFrameType = keyof typeof socketFrameSchemas;

/** What each request is answered with, beside `error`. */
export const socketAnswers: Record<SocketRequestType, SocketFrameType[]> = {
  hello: ["ready", "reset"],
  ack: [],
  message: ["message_sent"],
  send: ["message_sent"],
  typing: [],
  read: ["read_done"],
  open_conversation: ["conversation"],
  list_conversations: ["conversations"],
  presence: ["presence_list"],
  ping: ["pong"],
};

const requestTypes = Object.keys(socketRequestSchemas) as SocketRequestType[];
const frameTypes = Object.keys(socketFrameSchemas) as SocketFrameType[];

/** What each address understands and says. */
export const socketSurfaces = {
  chat: {
    requests: requestTypes.filter((type) => type !== "hello"),
    frames: frameTypes.filter((type) => type !== "message"),
  },
  messaging: {
    requests: requestTypes,
    frames: frameTypes.filter((type) => type !== "new_message"),
  },
};
