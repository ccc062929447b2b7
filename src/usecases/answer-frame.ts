import type { ReadTarget } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import { renderMessagingConversation } from "../protocol/messaging-conversation.ts";
import type { LinkTo } from "../protocol/messaging-message.ts";
import type { Person } from "../protocol/person.ts";
import { messageSent } from "../protocol/socket-frames.ts";
import type { SocketRequest } from "../protocol/socket-requests.ts";
import { findConversation } from "./find-conversation.ts";
import { listConversations } from "./list-conversations.ts";
import { listPresence } from "./list-online.ts";
import { markRead } from "./mark-read.ts";
import { openConversation } from "./open-conversation.ts";
import { readText } from "./read-text.ts";
import { sendMessage } from "./send-message.ts";
import { sendTyping } from "./send-typing.ts";

export type AnswerPorts = Pick<
  Ports,
  "config" | "history" | "hubs" | "unread" | "limiter" | "sendGate" | "clock" | "later" | "log"
>;

/** Who asks, and how links to files are made for them. */
export interface Asker {
  person: Person;
  linkTo: LinkTo;
}

/** How it reads: a send is mostly answered by the hub's log, and needs none. */
type Answer = () => { type: string } & Record<string, unknown>;
type Request<Type extends SocketRequest["type"]> = SocketRequest & { type: Type };
/** What the connection itself has to do with is not answered here. */
export type Question = Exclude<SocketRequest, { type: "hello" | "ack" }>;

/** Does what a frame asks, with the same use cases as HTTP; null where there is nothing to say. */
export async function answerFrame(
  ports: AnswerPorts,
  asker: Asker,
  request: Question,
): Promise<Answer | null> {
  switch (request.type) {
    case "message":
    case "send":
      return send(ports, asker, request);
    case "typing":
      await sendTyping(ports, asker.person, {
        receiverId: request.recipient_id,
        isTyping: request.is_typing,
      });
      return null;
    case "read":
      return read(ports, asker, request);
    case "open_conversation": {
      const { conversation } = await openConversation(ports, asker.person, request.user_id);
      const shown = renderMessagingConversation(asker.person, conversation);
      return () => ({ type: "conversation", conversation: shown });
    }
    case "list_conversations":
      return list(ports, asker, request);
    case "presence":
      return presenceOf(ports, asker);
    case "ping":
      return () => ({ type: "pong" });
  }
}

async function send(
  ports: AnswerPorts,
  { person, linkTo }: Asker,
  request: Request<"message" | "send">,
): Promise<Answer> {
  const text = readText(request);
  const { message } = await sendMessage(ports, person, {
    receiverId: request.recipient_id ?? (await otherOf(ports, person, request)),
    text,
    clientId: request.client_id ?? null,
    attachment: null,
  });
  return () => messageSent(message, linkTo);
}

async function otherOf(
  ports: AnswerPorts,
  person: Person,
  { conversation_id: id }: Request<"message" | "send">,
): Promise<number> {
  const { otherUser } = await findConversation(ports, person.id, id ?? 0);
  return otherUser.id;
}

async function list(
  ports: AnswerPorts,
  { person }: Asker,
  { limit, cursor }: Request<"list_conversations">,
): Promise<Answer> {
  const { pageDefault, pageMax } = ports.config.limits;
  const page = { limit: Math.min(limit ?? pageDefault, pageMax), cursor: cursor ?? undefined };
  const { conversations, nextCursor } = await listConversations(ports, person.id, page);
  return () => ({
    type: "conversations",
    results: conversations.map((each) => renderMessagingConversation(person, each)),
    next_cursor: nextCursor,
  });
}

async function presenceOf(ports: AnswerPorts, { person }: Asker): Promise<Answer> {
  const presences = await listPresence(ports, person.id);
  const users = presences.map(({ userId, isOnline, lastSeen }) => ({
    user_id: userId,
    is_online: isOnline,
    last_seen: lastSeen,
  }));
  return () => ({ type: "presence_list", users });
}

async function read(
  ports: AnswerPorts,
  { person }: Asker,
  request: Request<"read">,
): Promise<Answer> {
  const { markedCount, readAt } = await markRead(ports, person, targetOf(request));
  return () => ({ type: "read_done", marked_count: markedCount, read_at: readAt });
}

function targetOf(request: Request<"read">): ReadTarget {
  const targets: ReadTarget[] = [];
  const { conversation_id: conversationId, sender_id: senderId, message_ids: messageIds } = request;
  if (messageIds) targets.push({ by: "messages", messageIds });
  if (conversationId != null) targets.push({ by: "conversation", conversationId });
  if (senderId != null) targets.push({ by: "sender", senderId });
  const [target] = targets;
  if (target && targets.length === 1) return target;
  throw new ChatError("invalid-request", {
    detail: "Exactly one of message_ids, conversation_id and sender_id",
  });
}
