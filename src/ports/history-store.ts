import type { Attachment } from "../protocol/attachment.ts";
import type { UnreadAfter } from "../protocol/event.ts";
import type { Message } from "../protocol/message.ts";
import type { Person } from "../protocol/person.ts";
import type { UnreadCount } from "../protocol/unread.ts";

export interface NewMessage {
  senderId: number;
  receiverId: number;
  text: string;
  clientId: string | null;
  attachment: (Attachment & { digest: string }) | null;
}

/** What became of a send. */
export type SendOutcome =
  | { status: "stored"; message: Message; receiverUnread: UnreadAfter }
  /** Same sender, client id and content as before: the first message again. */
  | { status: "replayed"; message: Message; receiverUnread: UnreadAfter }
  /** Same sender and client id, other receiver or content. */
  | { status: "conflict" }
  | { status: "unknown-receiver" }
  /** Its file was not noted, or was given up. */
  | { status: "file-gone" };

export interface ConversationSummary {
  id: number;
  otherUser: Person;
  lastSeenAt: string | null;
  headSeq: number;
  lastMessage: string | null;
  lastMessageAt: string | null;
  lastMessageByMe: boolean;
  unread: UnreadAfter;
  updatedAt: string;
}

/** Newest first by (updatedAt, id); `before` is the last row of the page before. */
export interface ConversationPage {
  limit: number | null;
  before: { updatedAt: string; id: number } | null;
}

export interface MessagePage {
  limit: number;
  offset: number;
  beforeId: number | null;
}

export interface MessageHistory {
  /** Null when the two have not written to each other yet. */
  conversationId: number | null;
  otherUser: Person;
  /** Newest first. */
  messages: Message[];
  hasMore: boolean;
  /** What became delivered by being read here. */
  delivered: DeliveredChange | null;
}

export type ReadTarget =
  | { by: "messages"; messageIds: number[] }
  | { by: "conversation"; conversationId: number }
  | { by: "sender"; senderId: number };

/** What one mark-read changed in one conversation. */
export interface ReadChange {
  conversationId: number;
  senderId: number;
  senderName: string;
  /** Ascending; only those that were unread before. */
  messageIds: number[];
  readAt: string;
  unread: UnreadAfter;
}

/** What one delivery report changed in one conversation. */
export interface DeliveredChange {
  conversationId: number;
  senderId: number;
  messageIds: number[];
  deliveredAt: string;
}

/**
 * The truth. Each method is ONE round trip, a send at most two, and throws ChatError `history-unavailable` when the store
 * does not answer in time; MUST retry by itself, within that time, what a database asks to retry (serialization failure,
 * deadlock).
 */
export interface HistoryStore {
  /** MUST number without holes, also under concurrent duplicates, and answer only after the commit (SEND-1 to SEND-3). A note of its file goes with it (FILE-6). */
  sendMessage(message: NewMessage): Promise<SendOutcome>;
  listConversations(userId: number, page: ConversationPage): Promise<ConversationSummary[]>;
  /** Null when it is not one of the user's. */
  findConversation(userId: number, conversationId: number): Promise<ConversationSummary | null>;
  /**
   * Finds or creates the conversation of the two; null when there is no such other user. From then on the user sees it,
   * also while it is empty; the other one sees an empty one only after opening it too. MUST be safe under concurrent
   * calls and beside a first send. `isNew`: the user did not see it before.
   */
  openConversation(
    userId: number,
    otherUserId: number,
  ): Promise<{ conversation: ConversationSummary; isNew: boolean } | null>;
  /** Null when there is no such user. MUST mark what it returns as delivered to `userId` (READ-1). */
  readHistory(
    userId: number,
    otherUserId: number,
    page: MessagePage,
  ): Promise<MessageHistory | null>;
  /**
   * Marks messages that others sent to `userId`; read implies delivered; neither is ever unset. Null when the
   * conversation or sender is not one of the user's; message ids that are not theirs are passed over in silence.
   */
  markRead(userId: number, target: ReadTarget): Promise<ReadChange[] | null>;
  /** Marks those of the messages that others sent to `userId` and that are not delivered yet. */
  markDelivered(userId: number, messageIds: number[]): Promise<DeliveredChange[]>;
  /** Every conversation of the user with something unread, and every one with a version above 0 too. */
  listUnread(userId: number): Promise<UnreadCount[]>;
  /** Messages with fromSeq <= seq <= toSeq, ascending, created at or after `since`; at most 500. */
  listRange(
    conversationId: number,
    range: { fromSeq: number; toSeq: number; since: string },
  ): Promise<Message[]>;
  listPartnerIds(userId: number): Promise<number[]>;
}
