import type { ChatMessage } from "../protocol/chat-message.ts";
import type { ChatAPI } from "./chat-api.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { Environment } from "./environment.ts";
import type { Outbox } from "./outbox.ts";
import type { People } from "./people.ts";
import type { ReadMarker } from "./read-marker.ts";
import type { Typists } from "./typing.ts";

/** What all threads share. */
export interface ThreadContext {
  api: ChatAPI;
  environment: Environment;
  people: People;
  typists: Typists;
  conversations: ConversationStore;
  outbox: Outbox;
  marker: ReadMarker;
  /** What was kept, once it can be read. */
  readKept(userId: number): Promise<ChatMessage[]>;
  keep(messages: ChatMessage[]): void;
}
