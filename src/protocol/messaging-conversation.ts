import type { Person } from "./person.ts";

/** What is shown of a conversation, beside the two people. */
export interface ShownConversation {
  id: number;
  otherUser: Person;
  isOnline: boolean;
  lastSeen: string | null;
  lastMessage: string | null;
  lastMessageAt: string | null;
  lastMessageByMe: boolean;
  unread: { count: number };
  updatedAt: string;
}

export interface MessagingParticipant {
  id: number;
  username: string;
  full_name: string;
  avatar: string | null;
  is_online: boolean;
}

export interface MessagingConversation {
  id: number;
  participants: MessagingParticipant[];
  other_user: MessagingParticipant & { last_seen: string | null };
  last_message: { content: string; created_at: string; by_me: boolean } | null;
  unread_count: number;
  updated_at: string;
}

/** A conversation as the messaging API shows it, over REST and sockets alike. */
export function renderMessagingConversation(
  me: Person,
  conversation: ShownConversation,
): MessagingConversation {
  const { otherUser, isOnline, lastSeen, lastMessage, lastMessageAt } = conversation;
  const other = renderParticipant(otherUser, isOnline);
  const last = lastMessageAt !== null && {
    content: lastMessage ?? "",
    created_at: lastMessageAt,
    by_me: conversation.lastMessageByMe,
  };
  return {
    id: conversation.id,
    // Who asks is here.
    participants: [renderParticipant(me, true), other],
    other_user: { ...other, last_seen: lastSeen },
    last_message: last || null,
    unread_count: conversation.unread.count,
    updated_at: conversation.updatedAt,
  };
}

function renderParticipant(person: Person, isOnline: boolean): MessagingParticipant {
  const { id, username, fullName, avatar } = person;
  return { id, username, full_name: fullName, avatar, is_online: isOnline };
}
