import type { ChatMessage } from "../protocol/chat-message.ts";

/**
 * What a connection tells, whichever way it came: the SSE chat API's vocabulary with receipts kept together.
 * `cursor` is the event's id where it has one; having applied the event, a client may resume from it.
 */
export type ClientEvent = { cursor?: string } & (
  | { type: "connected"; user_id: number }
  | { type: "ready" }
  /** Too much was missed: what is shown must be read again. */
  | { type: "reset"; reason: string }
  | { type: "message"; message: ChatMessage; unread_count?: number }
  /** Someone read what the viewer had sent. */
  | {
      type: "read_receipt";
      reader_id: number;
      reader_name: string;
      conversation_id: number;
      message_ids: number[];
      read_at: string;
    }
  | {
      type: "delivery_receipt";
      receiver_id: number;
      conversation_id: number;
      message_ids: number[];
      delivered_at: string;
    }
  /** The viewer read these, in this window or another. */
  | {
      type: "unread";
      conversation_id: number;
      unread_count: number;
      message_ids: number[];
      read_at: string;
    }
  | ({ type: "notification" } & Notification)
  | { type: "typing"; sender_id: number; sender_name: string; is_typing: boolean }
  | { type: "presence"; user_id: number; is_online: boolean; last_seen: string | null }
  /** A sign of life from the server; seconds since 1970. */
  | { type: "heartbeat"; timestamp: number }
);

export interface Notification {
  id: string;
  title: string;
  message: string;
  notification_type: string;
  timestamp: string;
  /** Whatever the service added. */
  [name: string]: unknown;
}

export type ClientEventOf<Type extends ClientEvent["type"]> = Extract<ClientEvent, { type: Type }>;
