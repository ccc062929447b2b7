import { isCurrent, unreadOnly } from "../core/unread.ts";
import type { Ports } from "../ports/index.ts";
import type { UnreadCount } from "../protocol/unread.ts";
import { describeFailure } from "./describe-failure.ts";

/**
 * What is unread, per conversation. The cache answers only when the user's hub, which was told every count once and is
 * told of each change, knows of nothing newer; otherwise the history does, and heals both (UNREAD-2).
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
  ports.later(heal(ports, userId, counts));
  return unreadOnly(counts);
}

/** Brings the cache and the hub up to what the history says. */
export async function refreshUnread(
  ports: Pick<Ports, "history" | "hubs" | "unread" | "log">,
  userId: number,
): Promise<void> {
  try {
    await heal(ports, userId, await ports.history.listUnread(userId));
  } catch (error) {
    ports.log.error("unread.heal-failed", describeFailure(error));
  }
}

async function heal(
  { unread, hubs, log }: Pick<Ports, "unread" | "hubs" | "log">,
  userId: number,
  counts: UnreadCount[],
): Promise<void> {
  const note = (error: unknown): void => log.error("unread.heal-failed", describeFailure(error));
  const versions = counts.map(({ conversationId, version }): [number, number] => [
    conversationId,
    version,
  ]);
  await Promise.all([
    unread.fill(userId, counts).catch(note),
    hubs.learnUnread(userId, versions).catch(note),
  ]);
}
