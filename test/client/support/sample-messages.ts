import type { ChatMessage } from "../../../src/protocol/chat-message.ts";

export const viewerId = 7;
export const otherId = 9;

/** A message to the viewer, or from them where the change says so. */
export function receivedMessage(seq: number, change: Partial<ChatMessage> = {}): ChatMessage {
  const sender = change.sender_id ?? otherId;
  const receiver = sender === otherId ? viewerId : otherId;
  return {
    id: 1_000 + seq,
    sender,
    sender_id: sender,
    sender_name: `Name ${sender}`,
    sender_username: `user${sender}`,
    sender_avatar: null,
    receiver,
    receiver_id: receiver,
    receiver_name: `Name ${receiver}`,
    receiver_username: `user${receiver}`,
    receiver_avatar: null,
    conversation: 1,
    conversation_id: 1,
    message: `message ${seq}`,
    attachment: null,
    attachment_url: null,
    attachment_type: null,
    attachment_name: null,
    attachment_size: null,
    is_read: false,
    read_at: null,
    delivered_at: null,
    timestamp: new Date(Date.UTC(2026, 0, 9, 10, 0, seq)).toISOString(),
    client_id: null,
    seq,
    uuid: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
    ...change,
  };
}

/** A message of the viewer's own. */
export function ownMessage(seq: number, change: Partial<ChatMessage> = {}): ChatMessage {
  return receivedMessage(seq, { sender_id: viewerId, client_id: `own-${seq}`, ...change });
}

/** Numbers from the first to the last. */
export function run(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
