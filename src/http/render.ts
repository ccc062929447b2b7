import type { Ports } from "../ports/index.ts";
import type { Attachment } from "../protocol/attachment.ts";
import type { ChatMessage } from "../protocol/chat-message.ts";
import type { Message } from "../protocol/message.ts";
import { displayName } from "../protocol/person.ts";
import type { Person } from "../protocol/person.ts";
import { attachmentLink, baseUrl } from "./links.ts";

/** What rendering needs beyond the message itself. */
export interface RenderContext {
  linkTo(attachment: Attachment): string;
}

export function renderContext(
  ports: Pick<Ports, "config" | "links" | "clock">,
  request: Request,
): RenderContext {
  const base = baseUrl(ports, request);
  return { linkTo: (attachment) => attachmentLink(ports, base, attachment) };
}

export function renderUser({ id, username, fullName, avatar }: Person, isOnline: boolean) {
  return { id, username, full_name: fullName, avatar, is_online: isOnline };
}

/** A message as REST and SSE show it: the documented fields first, in the documented order (WIRE-1). */
export function renderMessage(message: Message, context: RenderContext): ChatMessage {
  const { sender, receiver, attachment } = message;
  return {
    id: message.id,
    sender: sender.id,
    sender_name: displayName(sender),
    sender_username: sender.username,
    sender_avatar: sender.avatar,
    receiver: receiver.id,
    receiver_name: displayName(receiver),
    receiver_username: receiver.username,
    receiver_avatar: receiver.avatar,
    conversation: message.conversationId,
    message: message.text,
    attachment: attachment && `attachments/${attachment.id}/${attachment.name}`,
    attachment_url: attachment && context.linkTo(attachment),
    attachment_type: attachment && attachment.kind,
    is_read: message.readAt !== null,
    read_at: message.readAt,
    delivered_at: message.deliveredAt,
    timestamp: message.createdAt,
    sender_id: sender.id,
    receiver_id: receiver.id,
    conversation_id: message.conversationId,
    client_id: message.clientId,
    seq: message.seq,
    uuid: message.uuid,
    attachment_name: attachment && attachment.name,
    attachment_size: attachment && attachment.size,
  };
}
