import type { ChatUser } from "./chat-user.ts";
import type { ClientEvent, ClientEventOf } from "./client-event.ts";
import type { ConnectionState, Transport } from "./connection.ts";
import type { Conversations } from "./conversations.ts";
import type { Readable } from "./readable.ts";
import type { Thread } from "./thread.ts";

export interface ChatClientOptions {
  /** Where Parley is, for instance `https://chat.example.com`; this page's own origin if left out. */
  url?: string;
  /**
   * The signed-in person's token; asked again, with `refresh`, when the server refused the last one. Null: nobody; then
   * whoever signs in later needs another client, or `reconnect` and one that keeps nothing.
   */
  getToken(options: { refresh: boolean }): string | null | Promise<string | null>;
  /** `auto`: a WebSocket, and server-sent events where that is blocked. */
  transport?: Transport | "auto";
  /** Keeps messages and unsent ones in IndexedDB; true if left out. */
  persist?: boolean;
}

/** Everything a page needs for chat; shared by all its components. */
export interface ChatClient {
  readonly url: string;
  readonly connection: Readable<ConnectionState>;
  /** Who is signed in; null until it is known. */
  readonly viewer: Readable<ChatUser | null>;
  readonly conversations: Conversations;
  /** Unread messages in all conversations. */
  readonly totalUnread: Readable<number>;
  /** The same object for the same person. */
  thread(userId: number): Thread;
  /** Null as long as nothing is known of them. */
  user(userId: number): Readable<ChatUser | null>;
  /** Events of one kind as they come, also those in other tabs' connections. Answers how to stop. */
  on<Type extends ClientEvent["type"]>(
    type: Type,
    listener: (event: ClientEventOf<Type>) => void,
  ): () => void;
  reconnect(): void;
  /** Ends the connection; the cache stays. */
  close(): void;
  /** Ends the connection and forgets everything that this browser kept for the person. */
  signOut(): Promise<void>;
}
