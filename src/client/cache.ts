import type { ChatMessage } from "../protocol/chat-message.ts";
import type { ChatUser } from "./chat-user.ts";
import type { ConversationEntry } from "./conversation-list.ts";
import type { Receipt } from "./message-row.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** As many messages are kept of each conversation, the newest. */
export const keptMessages = 200;

/** What is there from the start; messages come when a thread is opened. */
export interface CachedState {
  viewer: ChatUser | null;
  /** Everything up to this event is in the cache. */
  cursor: string | null;
  conversations: ConversationEntry[];
  people: ChatUser[];
}

export interface CacheChange {
  viewer?: ChatUser;
  cursor?: string;
  conversations?: readonly ConversationEntry[];
  people?: readonly ChatUser[];
  /** Receipts that are known of them already are kept. */
  messages?: readonly ChatMessage[];
  receipts?: readonly Receipt[];
}

/** What a browser keeps for one person. Only `write` and `putOutgoing` reject, and then nothing of it was kept. */
export interface Cache {
  /** Other tabs, and this one after a reload, see the same. */
  readonly isShared: boolean;
  read(): Promise<CachedState>;
  /** The newest messages exchanged with that person, oldest first; there may be holes. */
  readMessages(otherId: number, viewerId: number): Promise<ChatMessage[]>;
  /** All of it or nothing, receipts after messages. A cursor older than the kept one is passed over. */
  write(change: CacheChange): Promise<void>;
  /** Forgets conversations and messages, and the cursor with them; what is not sent yet stays. */
  forget(): Promise<void>;
  /** In the order of their `at`. */
  readOutbox(): Promise<OutboxEntry[]>;
  putOutgoing(entry: OutboxEntry): Promise<void>;
  /** Answers with the message instead, where it is stored by now: both are one transaction. */
  removeOutgoing(clientId: string, stored?: ChatMessage): Promise<void>;
  close(): void;
  /** Deletes everything. */
  destroy(): Promise<void>;
}
