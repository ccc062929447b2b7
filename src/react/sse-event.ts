import type { ClientEvent, Notification } from "../client/client-event.ts";
import type { ChatMessage } from "../protocol/chat-message.ts";

interface EventData {
  connected: { status: "connected"; user_id: number };
  message: ChatMessage;
  typing: { sender_id: number; sender_name: string; is_typing: boolean };
  read_receipt: {
    message_id: number;
    reader_id: number;
    reader_name: string;
    read_at: string;
    conversation_id: number;
  };
  delivery_receipt: {
    message_id: number;
    receiver_id: number;
    delivered_at: string;
    conversation_id: number;
  };
  unread: {
    conversation_id: number;
    unread_count: number;
    message_ids: number[];
    read_at: string;
  };
  notification: Notification;
  presence: { user_id: number; is_online: boolean; last_seen: string | null };
  reset: { reason: string };
  heartbeat: { timestamp: number };
}

/** What `useSSE` hands out: an event of the SSE chat API by its name, with its data. */
export type SSEEvent = {
  [Name in keyof EventData]: { event: Name; data: EventData[Name] };
}[keyof EventData];

export const sseEventTypes = [
  "connected",
  "message",
  "typing",
  "read_receipt",
  "delivery_receipt",
  "unread",
  "notification",
  "presence",
  "reset",
  "heartbeat",
] as const satisfies readonly (keyof EventData)[];

/** The documented events that one event of the connection stands for: a receipt for each message it names (READ-3). */
export function toSSEEvents(original: ClientEvent): SSEEvent[] {
  const event = { ...original };
  delete event.cursor;
  switch (event.type) {
    case "connected":
      return [{ event: "connected", data: { status: "connected", user_id: event.user_id } }];
    case "message":
      return [{ event: "message", data: event.message }];
    case "read_receipt": {
      const { type, message_ids, ...data } = event;
      return message_ids.map((message_id) => ({ event: type, data: { message_id, ...data } }));
    }
    case "delivery_receipt": {
      const { type, message_ids, ...data } = event;
      return message_ids.map((message_id) => ({ event: type, data: { message_id, ...data } }));
    }
    case "ready":
      return [];
    default: {
      const { type, ...data } = event;
      return [{ event: type, data } as SSEEvent];
    }
  }
}
