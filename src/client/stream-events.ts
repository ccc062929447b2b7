import type { ChatMessage } from "../protocol/chat-message.ts";
import type { ClientEvent } from "./client-event.ts";

export interface StreamEvent {
  name: string;
  data: Record<string, unknown>;
  id: string | undefined;
}

type Receipt = Extract<ClientEvent, { message_ids: number[] }>;

/**
 * Reads one stream's events. One event of the log comes as a receipt for each message, and only the last has the id: they
 * are kept together, so that a stream that breaks off among them tells none of them twice.
 */
export function createStreamReader(): (event: StreamEvent) => ClientEvent[] {
  let waiting: number[] = [];
  return (event) => {
    const read = readStreamEvent(event);
    if (!read || (read.type !== "read_receipt" && read.type !== "delivery_receipt")) {
      return read ? [read] : [];
    }
    waiting.push(...read.message_ids);
    if (read.cursor === undefined) return [];
    const whole: Receipt = { ...read, message_ids: waiting };
    waiting = [];
    return [whole];
  };
}

function readStreamEvent({ name, data, id }: StreamEvent): ClientEvent | null {
  const at = id ? { cursor: id } : {};
  switch (name) {
    case "message": {
      const { unread_count: count, ...message } = data;
      return {
        type: "message",
        message: message as unknown as ChatMessage,
        ...(typeof count === "number" && { unread_count: count }),
        ...at,
      };
    }
    case "read_receipt":
    case "delivery_receipt": {
      const { message_id: messageId, ...receipt } = data;
      return { ...receipt, type: name, message_ids: [messageId], ...at } as ClientEvent;
    }
    case "connected":
      return { type: "connected", user_id: data["user_id"] as number };
    case "ready":
      return { type: "ready", ...at };
    case "reset":
      return { type: "reset", reason: String(data["reason"]), ...at };
    case "unread":
    case "notification":
    case "typing":
    case "presence":
    case "heartbeat":
      return { ...data, type: name, ...at } as ClientEvent;
    default:
      return null;
  }
}
