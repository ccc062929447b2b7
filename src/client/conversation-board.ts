import type { ConversationEntry, ConversationList } from "./conversation-list.ts";
import { unknownConversations, type ConversationsState } from "./conversations.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { createWritable } from "./readable.ts";
import type { Readable } from "./readable.ts";
import { createUnsentRows } from "./unsent-rows.ts";

/** The list as it is shown, with the sum of what is unread. */
export interface ConversationBoard {
  readonly state: Readable<ConversationsState>;
  readonly totalUnread: Readable<number>;
  list(): ConversationList;
  update(list: ConversationList, patch?: Partial<ConversationsState>): void;
  /** The newest message to that person that is not stored yet; null if all are. */
  setUnsent(userId: number, entry: OutboxEntry | null): void;
  /** Unread messages in conversations that are not in the list. */
  elsewhere: Map<number, number>;
  /** From now on, which conversations change, until `done`. */
  track(): { changed: ReadonlySet<number>; done(): void };
  touch(conversationId: number): void;
  clear(): void;
}

/** `keep` is told of rows that a reload should find. */
export function createConversationBoard(
  keep: (rows: ConversationEntry[]) => void,
): ConversationBoard {
  const state = createWritable(unknownConversations);
  const totalUnread = createWritable(0);
  const unsent = createUnsentRows();
  const tracks = new Set<Set<number>>();
  let list: ConversationList = [];

  const board: ConversationBoard = {
    state,
    totalUnread,
    elsewhere: new Map(),
    list: () => list,
    update(next, patch = {}) {
      const known = new Map(list.map((row) => [row.conversation_id, row]));
      const news = next === list ? [] : next.filter((row) => isNews(row, known));
      list = next;
      if (news.length > 0) keep(news);
      totalUnread.set(countUnread(list, board.elsewhere));
      const before = state.get();
      const shown = {
        ...before,
        ...patch,
        rows: unsent.show(list),
        totalUnread: totalUnread.get(),
      };
      const names = Object.keys(shown) as (keyof ConversationsState)[];
      if (names.some((name) => shown[name] !== before[name])) state.set(shown);
    },
    setUnsent(userId, entry) {
      if (unsent.set(userId, entry)) board.update(list);
    },
    track() {
      const changed = new Set<number>();
      tracks.add(changed);
      return { changed, done: () => void tracks.delete(changed) };
    },
    touch(conversationId) {
      for (const changed of tracks) changed.add(conversationId);
    },
    clear() {
      board.elsewhere = new Map();
      unsent.clear();
      board.update([], unknownConversations);
    },
  };
  return board;
}

/** Typing and presence pass too quickly to be kept. */
function isNews(row: ConversationEntry, known: ReadonlyMap<number, ConversationEntry>): boolean {
  const before = known.get(row.conversation_id);
  return (
    before?.unread_count !== row.unread_count ||
    before.last_seq !== row.last_seq ||
    before.updated_at !== row.updated_at
  );
}

function countUnread(list: ConversationList, elsewhere: ReadonlyMap<number, number>): number {
  const unread = new Map([
    ...elsewhere,
    ...list.map((row) => [row.conversation_id, row.unread_count] as const),
  ]);
  return [...unread.values()].reduce((sum, count) => sum + count, 0);
}
