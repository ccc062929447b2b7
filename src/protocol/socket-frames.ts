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

/** What a hub sends, with a logged event still as the JSON in its log; `event`: the same, where it is at hand. */
export type LoggedFrame =
  | { kind: "event"; id: string; body: string; event?: DurableEvent | undefined }
  | Exclude<HubFrame, { kind: "event" }>;

/** What an answer carries back to the connection that asked. */
export interface FrameAnswer {
  ref?: string | number | undefined;
}

/** The frame as text. */
export function encodeFrame(surface: Surface, frame: LoggedFrame, context: FrameContext): string {
  if (surface === "bridge") return encodeForBridge(frame);
  if (frame.kind !== "event") return JSON.stringify(renderFrame(frame));
  const event = frame.event ?? parseEvent(frame.body);
  if (event.type !== "message")
    return JSON.stringify({ ...renderReceipt(event, context.viewerId), event_id: frame.id });
  return `${encodeMessage(surface, event, context)},"event_id":"${frame.id}"}`;
}

/** The event goes in as it lies in the log, without being parsed. */
function encodeForBridge(frame: LoggedFrame): string {
  if (frame.kind !== "event") return JSON.stringify(frame);
  return `{"kind":"event","id":"${frame.id}","event":${frame.body}}`;
}

function renderFrame(frame: Exclude<LoggedFrame, { kind: "event" }>): SocketFrame {
  switch (frame.kind) {
    case "ready":
      return { type: "ready", event_id: frame.id };
    case "reset":
      return { type: "reset", reason: frame.reason, event_id: frame.id };
    case "signal":
      return renderSignal(frame.signal);
  }
}

/** Without its end. */
function encodeMessage(
  surface: "chat" | "messaging",
  { message, unread }: DurableEvent & { type: "message" },
  { viewerId, linkTo, answer }: FrameContext,
): string {
  const shown = encodeShown(message, linkTo);
  const isOwn = message.sender.id === viewerId;
  if (answer || (isOwn && surface === "chat")) {
    const sent = `${JSON.stringify(confirmation(message)).slice(0, -1)},"message":${shown}`;
    return answer?.ref === undefined ? sent : `${sent},"ref":${JSON.stringify(answer.ref)}`;
  }
  const type = surface === "chat" ? "new_message" : "message";
  const count = !isOwn && unread ? `,"unread_count":${unread.count}` : "";
  return `{"type":"${type}","message":${shown}${count}`;
}

const encoded = new WeakMap<Message, string>();

/** What everyone is shown alike is encoded once; links to files are made for each. */
function encodeShown(message: Message, linkTo: LinkTo): string {
  if (message.attachment) return JSON.stringify(renderMessagingMessage(message, linkTo));
  const text = encoded.get(message) ?? JSON.stringify(renderMessagingMessage(message, linkTo));
  encoded.set(message, text);
  return text;
}

/** Confirms a send to the socket it came from; `/ws/chat/` shows it to the sender's other sockets in the same words. */
export function messageSent(message: Message, linkTo: LinkTo): SocketFrame {
  return { ...confirmation(message), message: renderMessagingMessage(message, linkTo) };
}

function confirmation({ uuid, clientId, seq }: Message): SocketFrame {
  return { type: "message_sent", id: uuid, client_id: clientId, seq };
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
