import type { ChatMessage } from "../protocol/chat-message.ts";
import type { MessagingMessage } from "../protocol/messaging-message.ts";
import type { ClientEvent } from "./client-event.ts";

type Frame = { type: string } & Record<string, unknown>;

/** What a frame of `/ws/messaging/` tells; nothing where it is of no known type, or only answers a question. */
export function readSocketFrame(frame: Frame, now: number): ClientEvent[] {
  const { event_id: cursor, ...fields } = frame;
  const at = typeof cursor === "string" ? { cursor } : {};
  switch (fields.type) {
    case "connection_established":
      return [{ type: "connected", user_id: fields["user_id"] as number }];
    case "message":
    case "new_message":
    case "message_sent":
      return [{ ...readMessage(fields), ...at }];
    case "ready":
    case "reset":
    case "read_receipt":
    case "delivery_receipt":
    case "unread":
    case "notification":
    case "typing":
    case "presence":
      return [{ ...fields, ...at } as ClientEvent];
    case "presence_list":
      return listOf(fields["users"]).map((user) => ({ ...user, type: "presence" }) as ClientEvent);
    case "pong":
      return [{ type: "heartbeat", timestamp: now / 1_000 }];
    default:
      return [];
  }
}

function listOf(value: unknown): object[] {
  return Array.isArray(value) ? (value as object[]) : [];
}

function readMessage(fields: Record<string, unknown>): ClientEvent {
  const count = fields["unread_count"];
  return {
    type: "message",
    message: toChatMessage((fields["message"] ?? {}) as MessagingMessage),
    ...(typeof count === "number" && { unread_count: count }),
  };
}

/** The same message in the SSE chat API's words. Where the file is kept is not told. */
export function toChatMessage(message: MessagingMessage): ChatMessage {
  return {
    id: message.message_id,
    sender: message.sender_id,
    sender_name: message.sender_name,
    sender_username: message.sender_username,
    sender_avatar: message.sender_avatar,
    receiver: message.recipient_id,
    receiver_name: message.recipient_name,
    receiver_username: message.recipient_username,
    receiver_avatar: message.recipient_avatar,
    conversation: message.conversation_id,
    message: message.text,
    attachment: null,
    attachment_url: message.attachment_url,
    attachment_type: message.attachment_type,
    is_read: message.is_read,
    read_at: message.read_at,
    delivered_at: message.delivered_at,
    timestamp: message.created_at,
    sender_id: message.sender_id,
    receiver_id: message.recipient_id,
    conversation_id: message.conversation_id,
    client_id: message.client_id,
    seq: message.seq,
    uuid: message.id,
    attachment_name: message.attachment_name,
    attachment_size: message.attachment_size,
  };
}
