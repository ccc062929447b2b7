import type { UnreadCount } from "../protocol/unread.ts";

/** True when no count of a cached set is older than the newest version known for it (UNREAD-2). */
export function isCurrent(counts: UnreadCount[], newest: [number, number][]): boolean {
  const versions = new Map(counts.map((count) => [count.conversationId, count.version]));
  return newest.every(([id, version]) => (versions.get(id) ?? 0) >= version);
}

/** Only conversations in which something is unread. */
export function unreadOnly(counts: UnreadCount[]): UnreadCount[] {
  return counts.filter((count) => count.count > 0);
}
