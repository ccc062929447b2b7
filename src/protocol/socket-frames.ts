import { parseEvent, type DurableEvent, type HubFrame, type Signal } from "./event.ts";
import type { Message } from "./message.ts";
import { renderMessagingMessage, type LinkTo } from "./messaging-message.ts";
import { displayName } from "./person.ts";

/** Which protocol a connection speaks: the Worker's own bridge, `/ws/chat/` or `/ws/messaging/`. */
export type Surface = "bridge" | "chat" | "messaging";

/** What the frames of a connection depend on. */
export interface FrameContext {
  viewerId: number;
  linkTo: LinkTo;
  /** The frame answers what this very connection asked. */
  answer?: FrameAnswer | undefined;
}

type SocketFrame = { type: string } & Record<string, unknown>;

/** What a hub sends, with a logged event still as the JSON in its log. */
export type LoggedFrame = LoggedEvent | Exclude<HubFrame, { kind: "event" }>;

interface LoggedEvent {
  kind: "event";
  id: string;
  body: string;
  /** The same, where it is at hand. */
  event?: DurableEvent | undefined;
  /** How it reads to its owner, once it was encoded. */
  texts: Partial<Record<Surface, string>>;
}

/** What an answer carries back to the connection that asked. */
export interface FrameAnswer {
  ref?: string | number | undefined;
}

/** The frame as text; an event that several connections get is encoded once for each surface. */
export function encodeFrame(surface: Surface, frame: LoggedFrame, context: FrameContext): string {
  if (frame.kind !== "event")
    return JSON.stringify(surface === "bridge" ? frame : renderFrame(frame));
  // The event goes in as it lies in the log, without being parsed.
  if (surface === "bridge") return `{"kind":"event","id":"${frame.id}","event":${frame.body}}`;
  const event = frame.event ?? parseEvent(frame.body);
  const encode = (): string =>
    JSON.stringify({ ...renderEvent(surface, event, context), event_id: frame.id });
  // An answer is one connection's, and so is a link to a file.
  const isShared = !context.answer && !(event.type === "message" && event.message.attachment);
  return isShared ? (frame.texts[surface] ??= encode()) : encode();
}

function renderFrame(frame: Exclude<LoggedFrame, LoggedEvent>): SocketFrame {
  switch (frame.kind) {
    case "ready":
      return { type: "ready", event_id: frame.id };
    case "reset":
      return { type: "reset", reason: frame.reason, event_id: frame.id };
    case "signal":
      return renderSignal(frame.signal);
  }
}

function renderEvent(
  surface: "chat" | "messaging",
  event: DurableEvent,
  context: FrameContext,
): SocketFrame {
  return event.type === "message"
    ? renderMessage(surface, event, context)
    : renderReceipt(event, context.viewerId);
}

function renderMessage(
  surface: "chat" | "messaging",
  { message, unread }: DurableEvent & { type: "message" },
  { viewerId, linkTo, answer }: FrameContext,
): SocketFrame {
  if (answer) return { ...messageSent(message, linkTo), ...answer };
  const isOwn = message.sender.id === viewerId;
  if (isOwn && surface === "chat") return messageSent(message, linkTo);
  const rendered = renderMessagingMessage(message, linkTo);
  const type = surface === "chat" ? "new_message" : "message";
  return { type, message: rendered, ...(!isOwn && unread && { unread_count: unread.count }) };
}

/** Confirms a send to the socket it came from; `/ws/chat/` shows it to the sender's other sockets in the same words. */
export function messageSent(message: Message, linkTo: LinkTo): SocketFrame {
  const { uuid, clientId, seq } = message;
  const rendered = renderMessagingMessage(message, linkTo);
  return { type: "message_sent", id: uuid, client_id: clientId, seq, message: rendered };
}

function renderReceipt(
  event: Exclude<DurableEvent, { type: "message" }>,
  viewerId: number,
): SocketFrame {
  switch (event.type) {
    case "read": {
      const { conversationId, messageIds, readAt, reader, unread } = event;
      const read = { conversation_id: conversationId, message_ids: messageIds, read_at: readAt };
      if (reader.id === viewerId)
        return { type: "unread", ...read, unread_count: unread?.count ?? 0 };
      const by = { reader_id: reader.id, reader_name: displayName(reader) };
      return { type: "read_receipt", ...by, ...read };
    }
    case "delivered":
      return {
        type: "delivery_receipt",
        receiver_id: event.receiverId,
        conversation_id: event.conversationId,
        message_ids: event.messageIds,
        delivered_at: event.deliveredAt,
      };
    case "notification": {
      const { id, title, message, notificationType, data, createdAt } = event;
      const documented = { title, message, notification_type: notificationType };
      return { ...data, ...documented, type: "notification", id, timestamp: createdAt };
    }
  }
}

function renderSignal(signal: Signal): SocketFrame {
  if (signal.type === "typing") {
    const { sender, isTyping } = signal;
    const by = { sender_id: sender.id, sender_name: displayName(sender) };
    return { type: "typing", ...by, is_typing: isTyping };
  }
  const { userId, isOnline, lastSeen } = signal;
  return { type: "presence", user_id: userId, is_online: isOnline, last_seen: lastSeen };
}
