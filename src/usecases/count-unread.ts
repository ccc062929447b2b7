import { isCurrent, unreadOnly } from "../core/unread.ts";
import type { Ports } from "../ports/index.ts";
import type { UnreadCount } from "../protocol/unread.ts";

/**
 * What is unread, per conversation. The cache answers only when the user's hub, which is told of each change, knows of
 * nothing newer; otherwise the history does, and heals the cache (UNREAD-2).
 */
export async function countUnread(
  ports: Pick<Ports, "history" | "hubs" | "unread" | "later" | "log">,
  userId: number,
): Promise<UnreadCount[]> {
  const [cached, newest] = await Promise.all([
    ports.unread.read(userId).catch(() => null),
    ports.hubs.unreadVersions(userId).catch(() => null),
  ]);
  if (cached && newest && isCurrent(cached, newest)) return unreadOnly(cached);
  const counts = await ports.history.listUnread(userId);
  ports.later(
    ports.unread.fill(userId, counts).catch((error: unknown) => {
      ports.log.error("unread.fill-failed", { reason: String(error) });
    }),
  );
  return unreadOnly(counts);
}
