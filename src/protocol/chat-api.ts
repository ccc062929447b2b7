import { z } from "@hono/zod-openapi";
import type { ChatMessage } from "./chat-message.ts";
import {
  avatarSchema as avatar,
  digitsSchema,
  formFileSchema,
  noFileSchema,
  pageLimitSchema,
  textSchema,
  timeSchema as time,
  wireIdSchema as wireId,
} from "./fields.ts";
import { clientIdSchema, idSchema } from "./ids.ts";

/** Someone as the lists of the SSE chat API show them. */
const chatUserSchema = z
  .object({
    id: wireId,
    username: z.string().openapi({ example: "john_doe" }),
    full_name: z.string().openapi({ example: "John Doe" }),
    avatar,
    is_online: z.boolean(),
  })
  .openapi("ChatUser");

export const chatMessageSchema = z
  .object({
    id: wireId,
    sender: wireId,
    sender_name: z.string().openapi({ example: "Jane Smith" }),
    sender_username: z.string().openapi({ example: "jane_smith" }),
    sender_avatar: avatar,
    receiver: wireId,
    receiver_name: z.string().openapi({ example: "John Doe" }),
    receiver_username: z.string().openapi({ example: "john_doe" }),
    receiver_avatar: avatar,
    conversation: wireId,
    message: z.string().openapi({ example: "Hello! How are you?" }),
    attachment: z.string().nullable().openapi({ description: "Where the file is kept." }),
    attachment_url: z
      .string()
      .nullable()
      .openapi({ description: "A link that needs no header and works for at least a day." }),
    attachment_type: z.enum(["image", "video", "audio", "document"]).nullable(),
    is_read: z.boolean(),
    read_at: time.nullable(),
    delivered_at: time.nullable(),
    timestamp: time,
    sender_id: wireId,
    receiver_id: wireId,
    conversation_id: wireId,
    client_id: z.string().nullable(),
    seq: z.int().openapi({ description: "1, 2, 3 … within the conversation, without holes." }),
    uuid: z.string().openapi({ format: "uuid" }),
    attachment_name: z.string().nullable(),
    attachment_size: z.int().nullable().openapi({ description: "Bytes." }),
  })
  .openapi("ChatMessage") satisfies z.ZodType<ChatMessage>;

const conversationSchema = z
  .object({
    conversation_id: wireId,
    other_user: chatUserSchema,
    last_message: z.string().nullable().openapi({ example: "Hey, how are you?" }),
    last_message_at: time.nullable(),
    last_message_by_me: z.boolean(),
    unread_count: z.int().min(0),
    updated_at: time,
  })
  .openapi("Conversation");

export const conversationListSchema = z.array(conversationSchema);

export const historySchema = z
  .object({
    conversation_id: wireId.nullable().openapi({
      description: "Null as long as the two have not written to each other.",
    }),
    other_user: chatUserSchema,
    messages: z.array(chatMessageSchema).openapi({ description: "Newest first." }),
    has_more: z.boolean(),
  })
  .openapi("History");

export const conversationPageSchema = z.object({
  limit: pageLimitSchema.openapi({
    type: "integer",
    minimum: 1,
    maximum: 100,
    description: "Without it the list is complete.",
  }),
  cursor: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: "From the `Link` header of the page before." }),
});

export const historyPageSchema = z.object({
  limit: pageLimitSchema,
  offset: digitsSchema
    .transform(Number)
    .pipe(z.int().min(0).max(1_000_000))
    .optional()
    .openapi({ type: "integer", minimum: 0, maximum: 1_000_000, default: 0 }),
  before_id: idSchema.optional().openapi({
    example: undefined,
    description: "Only messages before this one, for endless scrolling.",
  }),
});

export const otherUserSchema = z.object({ user_id: idSchema });

export const sendSchema = z
  .object({
    receiver_id: idSchema,
    message: textSchema,
    attachment: noFileSchema,
    client_id: clientIdSchema.nullish().openapi({ type: "string" }),
  })
  .openapi("SendMessage", { example: { receiver_id: 123, message: "Hello! How are you?" } });

/** The same message as a form, with its file. */
export const sendFormSchema = z
  .object({
    receiver_id: idSchema,
    message: textSchema,
    attachment: formFileSchema,
    client_id: clientIdSchema.or(z.literal("")).optional().openapi({ type: "string" }),
  })
  .openapi("SendMessageForm");

export const markReadSchema = z
  .object({
    message_ids: z
      .array(idSchema)
      .nullish()
      .openapi({ example: [456, 457, 458] }),
    conversation_id: idSchema.nullish().openapi({ type: "integer" }),
    sender_id: idSchema.nullish().openapi({ type: "integer" }),
  })
  .openapi("MarkRead", {
    description: "Exactly one of the three.",
    example: { message_ids: [456, 457, 458] },
  });

export const markedSchema = z
  .object({ success: z.literal(true), marked_count: z.int().min(0), read_at: time })
  .openapi("Marked");

export const typingSchema = z
  .object({ receiver_id: idSchema, is_typing: z.boolean() })
  .openapi("Typing");

export const successSchema = z.object({ success: z.literal(true) }).openapi("Success");

export const unreadSchema = z
  .object({
    total_unread: z.int().min(0).openapi({ example: 42 }),
    conversations: z.array(
      z.object({
        conversation_id: wireId,
        unread_count: z.int().min(1),
        other_user_id: wireId,
        other_user_name: z.string().openapi({ example: "John Doe" }),
      }),
    ),
  })
  .openapi("Unread");

export const onlineUsersSchema = z
  .object({ online_users: z.array(wireId).openapi({ example: [123, 456, 789] }) })
  .openapi("OnlineUsers");
