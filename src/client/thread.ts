import type { ChatUser } from "./chat-user.ts";
import type { MessageRow } from "./message-row.ts";
import type { Readable } from "./readable.ts";

/** What is known of the chat with one person. */
export interface ThreadState {
  /** Oldest first, without holes; those not stored yet come last. */
  messages: readonly MessageRow[];
  /** Null until something is known of the person. */
  otherUser: ChatUser | null;
  conversationId: number | null;
  /** Nothing can be shown yet: neither the cache nor the server has answered. */
  loading: boolean;
  loadingOlder: boolean;
  /** There is more to read before the first message. */
  hasOlder: boolean;
  unreadCount: number;
  /** The `key` of the first message that was unread when the thread was opened: where the divider goes. */
  firstUnread: string | null;
  isTyping: boolean;
  /** Why history could not be read, for people; what is cached is shown all the same. */
  error: string | null;
}

/** Before anything is known. */
export const unknownThread: ThreadState = {
  messages: [],
  otherUser: null,
  conversationId: null,
  loading: true,
  loadingOlder: false,
  hasOlder: false,
  unreadCount: 0,
  firstUnread: null,
  isTyping: false,
  error: null,
};

export interface OutgoingMessage {
  text: string;
  file?: File | undefined;
}

/** The chat with one person, who is known by id. */
export interface Thread {
  readonly userId: number;
  readonly state: Readable<ThreadState>;
  /** Reads the cache, then the newest page, and keeps it fresh until the answer is called. */
  open(): () => void;
  loadOlder(): Promise<void>;
  /** Shows it at once and keeps it until the server has it, over reloads too. Never throws; answers the `client_id`. */
  send(message: OutgoingMessage): string;
  /** Tries a failed message again, under the same `client_id`. */
  retry(clientId: string): void;
  /** Takes back a message that is not stored yet; stops its upload. */
  discard(clientId: string): void;
  /** To be called at each keystroke: tells the other once a second at most, and that it stopped 3 s after the last. */
  typing(): void;
  stopTyping(): void;
  /** The viewer sees the newest message on a visible, focused page. */
  seen(): void;
}
