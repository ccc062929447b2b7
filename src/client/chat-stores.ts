import type { ChatMessage } from "../protocol/chat-message.ts";
import type { ChatAPI } from "./chat-api.ts";
import type { ChatUser } from "./chat-user.ts";
import type { ConversationEntry } from "./conversation-list.ts";
import { createConversationStore } from "./conversation-store.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { Environment } from "./environment.ts";
import { toPendingRow } from "./outbox-entry.ts";
import type { OutboxItem } from "./outbox-items.ts";
import { createOutbox } from "./outbox.ts";
import type { Outbox } from "./outbox.ts";
import { createPeople } from "./people.ts";
import type { People } from "./people.ts";
import { createReadMarker } from "./read-marker.ts";
import type { ReadMarker } from "./read-marker.ts";
import type { Readable } from "./readable.ts";
import { createThreadStore } from "./thread-store.ts";
import type { ThreadStore } from "./thread-store.ts";
import { createTypists } from "./typing.ts";
import type { Typists } from "./typing.ts";

/** Everything that is shown, and what keeps it together. */
export interface ChatStores {
  readonly people: People;
  readonly typists: Typists;
  readonly conversations: ConversationStore;
  readonly outbox: Outbox;
  readonly marker: ReadMarker;
  readonly threads: ReadonlyMap<number, ThreadStore>;
  thread(userId: number): ThreadStore;
  close(): void;
  /** Shows nothing any more. */
  clear(): void;
}

export interface ChatStoresOptions {
  api: ChatAPI;
  environment: Environment;
  viewer: Readable<ChatUser | null>;
  isLive(): boolean;
  readKept(userId: number): Promise<ChatMessage[]>;
  keep(change: {
    conversations?: ConversationEntry[];
    people?: ChatUser[];
    messages?: ChatMessage[];
  }): void;
}

export function createChatStores(options: ChatStoresOptions): ChatStores {
  const { api, environment, keep } = options;
  const threads = new Map<number, ThreadStore>();
  const people = createPeople();
  const marker = createReadMarker(api, environment);
  const typists = createTypists(environment, (userId, isTyping) => {
    conversations.setTyping(userId, isTyping);
    threads.get(userId)?.sync();
  });
  const conversations = createConversationStore({
    ...options,
    people,
    keep: (rows) => keep({ conversations: rows }),
  });
  const outbox = createShownOutbox(options, { people, conversations, threads, thread });

  function thread(userId: number): ThreadStore {
    const known = threads.get(userId);
    if (known) return known;
    const shared = { ...options, people, typists, conversations, outbox, marker };
    const fresh = createThreadStore(userId, { ...shared, keep: (messages) => keep({ messages }) });
    threads.set(userId, fresh);
    return fresh;
  }

  const stop = connect({ ...options, people, conversations, threads });

  return {
    people,
    typists,
    conversations,
    outbox,
    marker,
    threads,
    thread,
    close() {
      for (const part of [{ close: stop }, ...threads.values(), conversations, outbox, marker]) {
        part.close();
      }
      typists.clear();
    },
    clear() {
      for (const part of [outbox, conversations, people, ...threads.values()]) part.clear();
    },
  };
}

/** What is on its way shows in its thread and in the list of conversations. */
function createShownOutbox(
  { api, environment, viewer }: ChatStoresOptions,
  {
    people,
    conversations,
    threads,
    thread,
  }: Pick<ChatStores, "people" | "conversations" | "threads" | "thread">,
): Outbox {
  function show(item: OutboxItem): void {
    const { receiver_id: userId } = item.entry;
    const both = { viewer: viewer.get(), other: people.of(userId).get() };
    thread(userId).showPending(toPendingRow(item.entry, { ...item, ...both }));
    showLast(userId);
  }

  function showLast(userId: number): void {
    conversations.setUnsent(userId, outbox.newest(userId));
  }

  const outbox = createOutbox({
    api,
    environment,
    show,
    hide(entry) {
      threads.get(entry.receiver_id)?.hidePending(entry.client_id);
      showLast(entry.receiver_id);
    },
    onStored(message) {
      thread(message.receiver_id).receive(message);
      showLast(message.receiver_id);
    },
  });
  return outbox;
}

/** Lets the changes of one show in the others. */
function connect({
  people,
  conversations,
  threads,
  keep,
  isLive,
}: Pick<ChatStores, "people" | "conversations" | "threads"> &
  Pick<ChatStoresOptions, "keep" | "isLive">): () => void {
  const stops = [
    people.onChange((user) => {
      keep({ people: [user] });
      threads.get(user.id)?.sync();
    }),
    conversations.state.subscribe(() => {
      for (const each of threads.values()) {
        if (each.isOpen) each.sync();
        if (!isLive()) each.catchUp();
      }
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
