import type { ChatMessage } from "../protocol/chat-message.ts";
import type { ChatUser } from "./chat-user.ts";
import type { ConversationRow } from "./conversations.ts";

/** A row with what keeps it right. */
export interface ConversationEntry extends ConversationRow {
  updated_at: string;
  /** The newest message that the row knows of; null where only the server counted. */
  last_seq: number | null;
}

/** The latest first. Never changed in place, and the same array where nothing changed. */
export type ConversationList = readonly ConversationEntry[];

export interface NewMessage {
  message: ChatMessage;
  viewerId: number;
  other: ChatUser;
  /** What the server counted after it. */
  unreadCount: number | undefined;
  /** What was unread in a conversation that has no row yet. */
  unreadBefore: number;
}

export function applyMessage(list: ConversationList, news: NewMessage): ConversationList {
  const { message, viewerId } = news;
  const row = list.find(({ conversation_id }) => conversation_id === message.conversation_id);
  if (row && isKnown(row, message)) return list;
  const mine = message.sender_id === viewerId;
  const before = row?.unread_count ?? news.unreadBefore;
  return putEntry(list, {
    conversation_id: message.conversation_id,
    other_user: row?.other_user ?? news.other,
    last_message: previewOf(message),
    last_message_at: message.timestamp,
    last_message_by_me: mine,
    unread_count: mine ? before : (news.unreadCount ?? before + 1),
    is_typing: mine ? (row?.is_typing ?? false) : false,
    updated_at: message.timestamp,
    last_seq: message.seq,
  });
}

export function setUnread(
  list: ConversationList,
  conversationId: number,
  count: number,
): ConversationList {
  return changeEntries(list, (row) =>
    row.conversation_id === conversationId && row.unread_count !== count
      ? { ...row, unread_count: count }
      : row,
  );
}

export function setUser(list: ConversationList, user: ChatUser): ConversationList {
  return changeEntries(list, (row) =>
    row.other_user.id === user.id && row.other_user !== user ? { ...row, other_user: user } : row,
  );
}

export function setTyping(
  list: ConversationList,
  userId: number,
  isTyping: boolean,
): ConversationList {
  return changeEntries(list, (row) =>
    row.other_user.id === userId && row.is_typing !== isTyping
      ? { ...row, is_typing: isTyping }
      : row,
  );
}

/** Takes over what the server listed, but for conversations that changed while it did. */
export function putListed(
  list: ConversationList,
  listed: readonly ConversationEntry[],
  changed: ReadonlySet<number>,
): ConversationList {
  const known = new Map(list.map((row) => [row.conversation_id, row]));
  for (const row of listed) {
    const before = known.get(row.conversation_id);
    if (before && changed.has(row.conversation_id)) continue;
    const isSame = before?.last_message_at === row.last_message_at;
    known.set(row.conversation_id, {
      ...row,
      is_typing: before?.is_typing ?? false,
      last_seq: isSame ? (before?.last_seq ?? null) : null,
    });
  }
  return [...known.values()].toSorted(byLatest);
}

function putEntry(list: ConversationList, entry: ConversationEntry): ConversationList {
  const rest = list.filter(({ conversation_id }) => conversation_id !== entry.conversation_id);
  return [entry, ...rest].toSorted(byLatest);
}

function changeEntries(
  list: ConversationList,
  map: (row: ConversationEntry) => ConversationEntry,
): ConversationList {
  const next = list.map(map);
  return next.every((row, index) => row === list[index]) ? list : next;
}

export function byLatest(a: ConversationEntry, b: ConversationEntry): number {
  if (a.updated_at !== b.updated_at) return a.updated_at < b.updated_at ? 1 : -1;
  return b.conversation_id - a.conversation_id;
}

/** Times never run against `seq`, so what the server counted up to a time is everything up to it. */
function isKnown(row: ConversationEntry, message: ChatMessage): boolean {
  if (row.last_seq !== null) return message.seq <= row.last_seq;
  return row.last_message_at !== null && message.timestamp <= row.last_message_at;
}

function previewOf({ message, attachment_name }: ChatMessage): string {
  return shorten(message || (attachment_name ?? ""));
}

/** As much as a row has room for. */
export function shorten(text: string): string {
  return Array.from(text).slice(0, 200).join("");
}
