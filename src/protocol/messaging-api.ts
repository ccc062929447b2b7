import { z } from "@hono/zod-openapi";
import { attachmentKinds } from "./attachment.ts";
import {
  avatarSchema as avatar,
  formFileSchema,
  noFileSchema,
  pageLimitSchema,
  textSchema,
  timeSchema as time,
  wireIdSchema as wireId,
} from "./fields.ts";
import { clientIdSchema, idSchema } from "./ids.ts";

/** A message as `renderMessagingMessage` makes it. */
export const messagingMessageSchema = z
  .object({
    id: z.string().openapi({ format: "uuid" }),
    conversation: wireId,
    sender: wireId,
    recipient: wireId,
    content: z.string().openapi({ example: "Hello! How are you?" }),
    created_at: time,
    text: z.string().openapi({ example: "Hello! How are you?" }),
    conversation_id: wireId,
    sender_id: wireId,
    sender_name: z.string().openapi({ example: "Jane Smith" }),
    sender_username: z.string().openapi({ example: "jane_smith" }),
    sender_avatar: avatar,
    recipient_id: wireId,
    recipient_name: z.string().openapi({ example: "John Doe" }),
    recipient_username: z.string().openapi({ example: "john_doe" }),
    recipient_avatar: avatar,
    message_id: wireId.openapi({ description: "The `id` of the SSE chat API." }),
    seq: z.int().openapi({ description: "1, 2, 3 … within the conversation, without holes." }),
    client_id: z.string().nullable(),
    is_read: z.boolean(),
    read_at: time.nullable(),
    delivered_at: time.nullable(),
    attachment_url: z
      .string()
      .nullable()
      .openapi({ description: "A link that needs no header and works for at least a day." }),
    attachment_type: z.enum(attachmentKinds).nullable(),
    attachment_name: z.string().nullable(),
    attachment_size: z.int().nullable().openapi({ description: "Bytes." }),
  })
  .openapi("MessagingMessage");

const participantSchema = z
  .object({
    id: wireId,
    username: z.string().openapi({ example: "john_doe" }),
    full_name: z.string().openapi({ example: "John Doe" }),
    avatar,
    is_online: z.boolean().openapi({ description: "Who asks is online." }),
  })
  .openapi("MessagingParticipant");

const otherParticipantSchema = participantSchema
  .extend({
    last_seen: time.nullable().openapi({ description: "Null while online, and when never seen." }),
  })
  .openapi("MessagingOtherUser");

export const messagingConversationSchema = z
  .object({
    id: wireId,
    participants: z.array(participantSchema).openapi({ description: "Both; you come first." }),
    other_user: otherParticipantSchema,
    last_message: z
      .object({
        content: z.string().openapi({ example: "Hey, how are you?" }),
        created_at: time,
        by_me: z.boolean(),
      })
      .nullable()
      .openapi({ description: "Null as long as nobody has written." }),
    unread_count: z.int().min(0),
    updated_at: time,
  })
  .openapi("MessagingConversation");

/** A page in the shape that Django REST framework's cursor paging has (HIST-3). */
function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    results: z.array(row).openapi({ description: "Newest first." }),
    next: z.string().nullable().openapi({
      format: "uri",
      description: "Where the next page is; null on the last one.",
    }),
    previous: z.null(),
  });
}

export const messagingMessagesSchema = pageOf(messagingMessageSchema).openapi("MessagingMessages");
export const messagingConversationsSchema = pageOf(messagingConversationSchema).openapi(
  "MessagingConversations",
);

export const messagingPageSchema = z.object({
  limit: pageLimitSchema,
  cursor: z.string().max(200).optional().openapi({ description: "As `next` has it." }),
});
export const messagesWithUserSchema = messagingPageSchema.extend({ user_id: idSchema });

export const byIdSchema = z.object({ id: idSchema });

export const openConversationSchema = z
  .object({
    user_id: idSchema.nullish().openapi({ type: "integer" }),
    recipient_id: idSchema.nullish().openapi({ type: "integer" }),
    participant_id: idSchema.nullish().openapi({ type: "integer" }),
  })
  .openapi("OpenConversation", {
    description: "The other user, under any of the three names.",
    example: { user_id: 123 },
  });

const clientId = clientIdSchema.nullish().openapi({ type: "string" });
const formClientId = clientIdSchema.or(z.literal("")).optional().openapi({ type: "string" });
/** Both names of the text; a message that is sent on as it came has both. */
const texts = { text: textSchema, content: textSchema };

/** One that may be sent again and again: without a client_id. */
const example = { text: "Hello! How are you?" };

export const messagingSendSchema = z
  .object({ ...texts, attachment: noFileSchema, client_id: clientId })
  .openapi("MessagingSend", { example });

export const messagingSendFormSchema = z
  .object({ ...texts, attachment: formFileSchema, client_id: formClientId })
  .openapi("MessagingSendForm");

const recipient = { recipient_id: idSchema };

export const messagingSendToSchema = messagingSendSchema
  .extend(recipient)
  .openapi("MessagingSendTo", { example: { recipient_id: 123, ...example } });

export const messagingSendToFormSchema = messagingSendFormSchema
  .extend(recipient)
  .openapi("MessagingSendToForm");

export const unreadFromSchema = z
  .object({ user_id: wireId, unread_count: z.int().min(0).openapi({ example: 3 }) })
  .openapi("MessagingUnreadFrom");

export const unreadTotalSchema = z
  .object({
    unread_count: z.int().min(0).openapi({ example: 42 }),
    total_unread: z.int().min(0).openapi({
      example: 42,
      description: "The same number, as the SSE chat API calls it.",
    }),
  })
  .openapi("MessagingUnread");
