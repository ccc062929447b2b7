import type { OutboxEntry } from "./outbox-entry.ts";

/** An entry in this tab. */
export interface OutboxItem {
  entry: OutboxEntry;
  /** Only this tab has it, so this tab delivers it. */
  isLocal: boolean;
  /** It may be tried. */
  isKept: boolean;
  /** While its file goes up: 0 to 1. */
  progress: number | null;
  /** Where the browser itself has the file. */
  previewUrl: string | null;
}

/** What is not stored yet, as far as this tab knows, and what of it is shown. */
export interface OutboxItems {
  get(clientId: string): OutboxItem | undefined;
  all(): OutboxItem[];
  /** The oldest that may be tried; one that is not kept yet holds up those after it. */
  next(receiverId: number): OutboxItem | null;
  /** The last one to that person, whether it failed or not. */
  newest(receiverId: number): OutboxEntry | null;
  put(entry: OutboxEntry, isKept: boolean): OutboxItem;
  setProgress(clientId: string, progress: number | null): void;
  /** Forgets it; null where it is not known. */
  drop(clientId: string): OutboxItem | null;
  /** It was dropped: a list that was being read meanwhile must not bring it back. */
  isGone(clientId: string): boolean;
  /** Later than every other. */
  nextAt(now: number): number;
}

export function createOutboxItems(show: (item: OutboxItem) => void): OutboxItems {
  const items = new Map<string, OutboxItem>();
  const gone = new Set<string>();
  let lastAt = 0;

  function to(receiverId: number): OutboxItem[] {
    return [...items.values()]
      .filter(({ entry }) => entry.receiver_id === receiverId)
      .toSorted((a, b) => a.entry.at - b.entry.at);
  }

  return {
    get: (clientId) => items.get(clientId),
    all: () => [...items.values()],
    next(receiverId) {
      const first = to(receiverId).find(({ entry }) => entry.error === null);
      return first?.isKept ? first : null;
    },
    newest: (receiverId) => to(receiverId).at(-1)?.entry ?? null,
    put(entry, isKept) {
      const known = items.get(entry.client_id);
      if (known && known.entry.error === entry.error) return known;
      const previewUrl = known?.previewUrl ?? (entry.file && URL.createObjectURL(entry.file));
      const item = known ?? { entry, isLocal: false, isKept, progress: null, previewUrl };
      item.entry = entry;
      items.set(entry.client_id, item);
      lastAt = Math.max(lastAt, entry.at);
      show(item);
      return item;
    },
    setProgress(clientId, progress) {
      const item = items.get(clientId);
      if (!item || item.progress === progress) return;
      item.progress = progress;
      show(item);
    },
    drop(clientId) {
      const item = items.get(clientId);
      if (!item) return null;
      items.delete(clientId);
      gone.add(clientId);
      if (item.previewUrl) URL.revokeObjectURL(item.previewUrl);
      return item;
    },
    isGone: (clientId) => gone.has(clientId),
    nextAt(now) {
      lastAt = Math.max(lastAt + 1, now);
      return lastAt;
    },
  };
}
