import type { ChatMessage } from "../protocol/chat-message.ts";
import type { DurableEvent, HubFrame, Signal } from "../protocol/event.ts";
import { displayName } from "../protocol/person.ts";
import { renderMessage, type RenderContext } from "./render.ts";

const streamOrder = [
  "id",
  "sender_id",
  "sender_name",
  "receiver_id",
  "message",
  "attachment",
  "attachment_type",
  "timestamp",
  "is_read",
  "conversation_id",
] as const;

interface SseEvent {
  name: string;
  data: unknown;
}

/** One server-sent event. JSON keeps line ends out of the data; ids are ours. */
export function formatEvent(name: string, data: unknown, id?: string): string {
  const head = id === undefined ? "" : `id: ${id}\n`;
  return `${head}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * What the SSE chat API says for one frame of the hub. Where one logged event makes several, only the last carries the
 * id: a client that saw but some of them gets all of them again (RESUME-3).
 */
export function formatFrame(frame: HubFrame, viewerId: number, context: RenderContext): string {
  switch (frame.kind) {
    case "ready":
      return formatEvent("ready", { status: "ready", last_event_id: frame.id }, frame.id);
    case "reset":
      return formatEvent("reset", { reason: frame.reason, last_event_id: frame.id }, frame.id);
    case "signal":
      return formatSignal(frame.signal);
    case "event": {
      const events = renderEvent(frame.event, viewerId, context);
      const last = events.length - 1;
      return events
        .map(({ name, data }, index) =>
          formatEvent(name, data, index === last ? frame.id : undefined),
        )
        .join("");
    }
  }
}

function formatSignal(signal: Signal): string {
  if (signal.type === "typing") {
    const { sender, isTyping } = signal;
    const data = { sender_id: sender.id, sender_name: displayName(sender), is_typing: isTyping };
    return formatEvent("typing", data);
  }
  const { userId, isOnline, lastSeen } = signal;
  return formatEvent("presence", { user_id: userId, is_online: isOnline, last_seen: lastSeen });
}

function renderEvent(event: DurableEvent, viewerId: number, context: RenderContext): SseEvent[] {
  switch (event.type) {
    case "message":
      return [{ name: "message", data: renderIncoming(event, viewerId, context) }];
    case "read":
      return event.reader.id === viewerId ? [renderOwnRead(event)] : renderReceipts(event);
    case "delivered":
      return event.messageIds.map((messageId) => ({
        name: "delivery_receipt",
        data: {
          message_id: messageId,
          receiver_id: event.receiverId,
          delivered_at: event.deliveredAt,
          conversation_id: event.conversationId,
        },
      }));
    case "notification": {
      const { id, title, message, notificationType, data, createdAt } = event;
      const documented = { title, message, notification_type: notificationType };
      return [{ name: "notification", data: { ...data, ...documented, id, timestamp: createdAt } }];
    }
  }
}

/** With the count for a badge, where it is known; a sender has none to learn. */
function renderIncoming(
  { message, unread }: DurableEvent & { type: "message" },
  viewerId: number,
  context: RenderContext,
): object {
  const data = inStreamOrder(renderMessage(message, context));
  const isOwn = message.sender.id === viewerId;
  return { ...data, ...(!isOwn && unread && { unread_count: unread.count }) };
}

/** What the stream documents comes first, in its order, then what only REST documents (WIRE-1). */
function inStreamOrder(rendered: ChatMessage): ChatMessage {
  const first = Object.fromEntries(streamOrder.map((name) => [name, rendered[name]]));
  return { ...first, ...rendered };
}

function renderReceipts(event: DurableEvent & { type: "read" }): SseEvent[] {
  return event.messageIds.map((messageId) => ({
    name: "read_receipt",
    data: {
      message_id: messageId,
      reader_id: event.reader.id,
      reader_name: displayName(event.reader),
      read_at: event.readAt,
      conversation_id: event.conversationId,
    },
  }));
}

/** The reader's other windows only need the new count. */
function renderOwnRead({
  conversationId,
  unread,
  messageIds,
  readAt,
}: DurableEvent & { type: "read" }): SseEvent {
  const data = {
    conversation_id: conversationId,
    unread_count: unread?.count ?? 0,
    message_ids: messageIds,
    read_at: readAt,
  };
  return { name: "unread", data };
}
