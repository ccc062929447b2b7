import type { AttachmentKind, Attachment } from "./attachment.ts";
import type { Message } from "./message.ts";
import { displayName } from "./person.ts";

/** A message as the messaging API shows it, over REST and sockets alike: the documented fields first (WIRE-1). */
export interface MessagingMessage {
  /** The uuid. */
  id: string;
  conversation: number;
  sender: number;
  recipient: number;
  content: string;
  created_at: string;
  text: string;
  conversation_id: number;
  sender_id: number;
  sender_name: string;
  sender_username: string;
  sender_avatar: string | null;
  recipient_id: number;
  recipient_name: string;
  recipient_username: string;
  recipient_avatar: string | null;
  /** The integer id of the SSE chat API. */
  message_id: number;
  seq: number;
  client_id: string | null;
  is_read: boolean;
  read_at: string | null;
  delivered_at: string | null;
  attachment_url: string | null;
  attachment_type: AttachmentKind | null;
  attachment_name: string | null;
  attachment_size: number | null;
}

export type LinkTo = (attachment: Attachment) => string;

export function renderMessagingMessage(message: Message, linkTo: LinkTo): MessagingMessage {
  const { sender, receiver, attachment } = message;
  return {
    id: message.uuid,
    conversation: message.conversationId,
    sender: sender.id,
    recipient: receiver.id,
    content: message.text,
    created_at: message.createdAt,
    text: message.text,
    conversation_id: message.conversationId,
    sender_id: sender.id,
    sender_name: displayName(sender),
    sender_username: sender.username,
    sender_avatar: sender.avatar,
    recipient_id: receiver.id,
    recipient_name: displayName(receiver),
    recipient_username: receiver.username,
    recipient_avatar: receiver.avatar,
    message_id: message.id,
    seq: message.seq,
    client_id: message.clientId,
    is_read: message.readAt !== null,
    read_at: message.readAt,
    delivered_at: message.deliveredAt,
    attachment_url: attachment && linkTo(attachment),
    attachment_type: attachment && attachment.kind,
    attachment_name: attachment && attachment.name,
    attachment_size: attachment && attachment.size,
  };
}
