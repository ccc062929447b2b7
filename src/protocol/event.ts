import type { Message } from "./message.ts";
import type { Person } from "./person.ts";

/** The owner's unread count after an event; absent where it is not known. */
export interface UnreadAfter {
  count: number;
  version: number;
}

/** What a hub logs, numbers and replays (HUB-1). */
export type DurableEvent =
  | { type: "message"; message: Message; unread?: UnreadAfter }
  | {
      type: "read";
      conversationId: number;
      reader: Person;
      messageIds: number[];
      readAt: string;
      /** Only in the reader's own log. */
      unread?: UnreadAfter;
    }
  | {
      type: "delivered";
      conversationId: number;
      receiverId: number;
      messageIds: number[];
      deliveredAt: string;
    }
  | {
      type: "notification";
      id: string;
      title: string;
      message: string;
      notificationType: string;
      data: Record<string, unknown>;
      createdAt: string;
    };

/** What is told at most once and never logged (PRES-2, TYPE-1). */
export type Signal =
  | { type: "typing"; sender: Person; isTyping: boolean }
  | { type: "presence"; userId: number; isOnline: boolean; lastSeen: string | null };

/** What a hub says on a connection, in the order in which it says it. */
export type HubFrame =
  | { kind: "event"; id: string; event: DurableEvent }
  | { kind: "ready"; id: string }
  | { kind: "reset"; id: string; reason: "unknown-cursor" | "log-too-short" }
  | { kind: "signal"; signal: Signal };

/** Reads an event as a log keeps it. */
export function parseEvent(body: string): DurableEvent {
  return JSON.parse(body) as DurableEvent;
}

/** Null for what is no event. */
export function readEvent(body: string): DurableEvent | null {
  try {
    const event = parseEvent(body);
    const key: unknown = eventKey(event);
    return key === undefined ? null : event;
  } catch {
    return null;
  }
}

/** What an event is about: a second one with the same key changes nothing (HUB-4). */
export function eventKey(event: DurableEvent): string {
  switch (event.type) {
    case "message":
      return `message:${event.message.id}`;
    case "read":
      return `read:${event.reader.id}:${event.messageIds[0]}:${event.readAt}`;
    case "delivered":
      return `delivered:${event.receiverId}:${event.messageIds[0]}:${event.deliveredAt}`;
    case "notification":
      return `notification:${event.id}`;
  }
}
