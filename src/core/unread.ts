import type { UnreadCount } from "../protocol/unread.ts";

/** A count takes the place of an older version only (UNREAD-1). */
export function keepNewest(known: Map<number, UnreadCount>, counts: Iterable<UnreadCount>): void {
  for (const count of counts) {
    const version = known.get(count.conversationId)?.version ?? -Infinity;
    if (count.version > version) known.set(count.conversationId, count);
  }
}

/** True when no count of a cached set is older than the newest version known for it (UNREAD-2). */
export function isCurrent(counts: UnreadCount[], newest: [number, number][]): boolean {
  const versions = new Map(counts.map((count) => [count.conversationId, count.version]));
  return newest.every(([id, version]) => (versions.get(id) ?? 0) >= version);
}

/** Only conversations in which something is unread. */
export function unreadOnly(counts: UnreadCount[]): UnreadCount[] {
  return counts.filter((count) => count.count > 0);
}
