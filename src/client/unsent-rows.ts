import { byLatest, shorten } from "./conversation-list.ts";
import type { ConversationEntry, ConversationList } from "./conversation-list.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** The list as it is shown: with the newest message to each that is not stored yet, which a chat shows last as well. */
export interface UnsentRows {
  /** False where nothing changes. */
  set(userId: number, entry: OutboxEntry | null): boolean;
  /** The same array where nothing changed. */
  show(list: ConversationList): ConversationList;
  clear(): void;
}

export function createUnsentRows(): UnsentRows {
  const entries = new Map<number, OutboxEntry>();
  let shown: { list: ConversationList; rows: ConversationList } = { list: [], rows: [] };

  function draw(list: ConversationList): ConversationList {
    if (entries.size === 0) return list;
    const rows = list.map((row) => withUnsent(row, entries.get(row.other_user.id)));
    return rows.toSorted(byLatest);
  }

  function forget(): void {
    shown = { list: [], rows: [] };
  }

  return {
    set(userId, entry) {
      if (entries.get(userId) === (entry ?? undefined)) return false;
      if (entry) entries.set(userId, entry);
      else entries.delete(userId);
      forget();
      return true;
    },
    show(list) {
      if (shown.list !== list) shown = { list, rows: draw(list) };
      return shown.rows;
    },
    clear() {
      entries.clear();
      forget();
    },
  };
}

function withUnsent(row: ConversationEntry, entry: OutboxEntry | undefined): ConversationEntry {
  if (!entry) return row;
  const at = new Date(entry.at).toISOString();
  return {
    ...row,
    last_message: shorten(entry.text || (entry.file_name ?? "")),
    last_message_at: at,
    last_message_by_me: true,
    unsent: entry.error === null ? "sending" : "failed",
    updated_at: at > row.updated_at ? at : row.updated_at,
  };
}
