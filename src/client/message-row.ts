import type { ChatMessage } from "../protocol/chat-message.ts";

/** How far a message of one's own has come; `sent` for those of others. */
export type MessageStatus = "sending" | "sent" | "delivered" | "read" | "failed";

/**
 * A message as a list shows it. One that is not stored yet has a negative `id`, `seq` 0 and its `client_id`; the stored one
 * takes its place under the same `key`.
 */
export interface MessageRow extends ChatMessage {
  /** Stable from the first paint on: for lists. */
  key: string;
  mine: boolean;
  status: MessageStatus;
  /** While a file goes up: 0 to 1. */
  progress: number | null;
  /** Why it failed, for people. */
  error: string | null;
}

/** A stored message as the chat with that other person shows it. */
export function toRow(message: ChatMessage, otherId: number): MessageRow {
  const mine = message.sender_id !== otherId;
  return {
    ...message,
    key: mine && message.client_id ? `c${message.client_id}` : `m${message.id}`,
    mine,
    status: mine ? statusOf(message) : "sent",
    progress: null,
    error: null,
  };
}

/** Newer knowledge of the same message. Receipts are set once, whatever came first (READ-1); sockets tell no `attachment`. */
export function joinMessages<T extends ChatMessage>(known: ChatMessage, next: T): T {
  const read_at = known.read_at ?? next.read_at;
  const delivered_at = known.delivered_at ?? next.delivered_at ?? read_at;
  const attachment = next.attachment ?? known.attachment;
  return { ...next, attachment, read_at, delivered_at, is_read: known.is_read || next.is_read };
}

/** What someone reported of messages; times are ISO 8601. */
export interface Receipt {
  conversation_id: number;
  message_ids: number[];
  delivered_at: string;
  /** Null where they were delivered only. */
  read_at: string | null;
}

/** The same object where the receipt says nothing new. */
export function receive<T extends ChatMessage>(message: T, receipt: Receipt): T {
  const read_at = message.read_at ?? receipt.read_at;
  const delivered_at = message.delivered_at ?? receipt.delivered_at;
  if (read_at === message.read_at && delivered_at === message.delivered_at) return message;
  return { ...message, read_at, delivered_at, is_read: read_at !== null };
}

function statusOf({ is_read, delivered_at }: ChatMessage): MessageStatus {
  if (is_read) return "read";
  return delivered_at === null ? "sent" : "delivered";
}
