import type { ChatUser } from "./chat-user.ts";
import type { Readable } from "./readable.ts";

/** A row of the inbox, in the SSE chat API's words. */
export interface ConversationRow {
  conversation_id: number;
  other_user: ChatUser;
  last_message: string | null;
  last_message_at: string | null;
  last_message_by_me: boolean;
  /** Given where the last message is not stored yet: it is on its way, or failed for good. */
  unsent?: "sending" | "failed";
  unread_count: number;
  /** The other one is typing right now. */
  is_typing: boolean;
}

export interface ConversationsState {
  /** The latest first. */
  rows: readonly ConversationRow[];
  totalUnread: number;
  loading: boolean;
  loadingMore: boolean;
  hasMore: boolean;
  error: string | null;
}

/** Before anything is known. */
export const unknownConversations: ConversationsState = {
  rows: [],
  totalUnread: 0,
  loading: true,
  loadingMore: false,
  hasMore: false,
  error: null,
};

export interface Conversations {
  readonly state: Readable<ConversationsState>;
  /** Reads the cache, then the server, and keeps it fresh until the answer is called. */
  open(): () => void;
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
}
