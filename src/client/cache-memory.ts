import type { ChatMessage } from "../protocol/chat-message.ts";
import { parseCursor } from "../protocol/cursor.ts";
import { keptMessages } from "./cache.ts";
import type { Cache, CacheChange, CachedState } from "./cache.ts";
import { joinMessages, receive } from "./message-row.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** Where the browser may keep nothing: as long as the page lives. */
export function createMemoryCache(): Cache {
  let state = emptyState();
  let messages = new Map<string, ChatMessage>();
  const outbox = new Map<string, OutboxEntry>();

  function write(change: CacheChange): void {
    const { viewer, cursor, conversations = [], people = [], receipts = [] } = change;
    if (viewer) state.viewer = viewer;
    if (cursor && !isOlder(cursor, state.cursor)) state.cursor = cursor;
    state.conversations = joinLists(
      state.conversations,
      conversations,
      (row) => row.conversation_id,
    );
    state.people = joinLists(state.people, people, (user) => user.id);
    for (const message of change.messages ?? []) {
      const key = `${message.conversation_id}/${message.seq}`;
      const known = messages.get(key);
      messages.set(key, known ? joinMessages(known, message) : message);
    }
    for (const receipt of receipts) {
      const ids = new Set(receipt.message_ids);
      for (const [key, message] of messages) {
        if (ids.has(message.id)) messages.set(key, receive(message, receipt));
      }
    }
  }

  return {
    isShared: false,
    read: async () => state,
    async readMessages(otherId) {
      return [...messages.values()]
        .filter(({ sender_id, receiver_id }) => sender_id === otherId || receiver_id === otherId)
        .toSorted((a, b) => a.seq - b.seq)
        .slice(-keptMessages);
    },
    write: async (change) => write(change),
    async forget() {
      messages = new Map();
      state = { ...state, cursor: null, conversations: [] };
    },
    readOutbox: async () => [...outbox.values()].toSorted((a, b) => a.at - b.at),
    async putOutgoing(entry) {
      outbox.set(entry.client_id, entry);
    },
    async removeOutgoing(clientId, stored) {
      outbox.delete(clientId);
      if (stored) write({ messages: [stored] });
    },
    close: () => {},
    async destroy() {
      state = emptyState();
      messages = new Map();
      outbox.clear();
    },
  };
}

function emptyState(): CachedState {
  return { viewer: null, cursor: null, conversations: [], people: [] };
}

function joinLists<T>(known: T[], next: readonly T[], keyOf: (item: T) => number): T[] {
  if (next.length === 0) return known;
  const byKey = new Map([...known, ...next].map((item) => [keyOf(item), item]));
  return [...byKey.values()];
}

/** Only within the same log can it be told (HUB-2). */
export function isOlder(cursor: string, than: string | null): boolean {
  const [a, b] = [parseCursor(cursor), than === null ? null : parseCursor(than)];
  return a !== null && b !== null && a.epoch === b.epoch && a.number < b.number;
}
