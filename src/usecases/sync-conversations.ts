import type { ConversationSummary } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import type { Presence } from "../protocol/presence.ts";
import { describeFailure } from "./describe-failure.ts";

export interface ListedConversation extends ConversationSummary {
  isOnline: boolean;
  /** Null while online and when never seen. */
  lastSeen: string | null;
}

/**
 * Adds how the partners are. The user's own hub is asked; from these conversations it learns who the partners are and
 * what it may have missed (HUB-6).
 */
export async function syncConversations(
  { hubs, log }: Pick<Ports, "hubs" | "log">,
  userId: number,
  conversations: ConversationSummary[],
): Promise<ListedConversation[]> {
  // Who only opened a conversation shares none yet, and learns nothing about the other one (PRES-4).
  const begun = conversations.filter(({ headSeq }) => headSeq > 0);
  const heads = begun.map(({ id, otherUser, headSeq, unread, lastMessageAt }) => ({
    conversationId: id,
    partnerId: otherUser.id,
    headSeq,
    unreadVersion: unread.version,
    lastMessageAt,
  }));
  const presences = await hubs.sync(userId, heads).catch((error: unknown): Presence[] => {
    log.error("sync.failed", describeFailure(error));
    return [];
  });
  const byId = new Map(presences.map((presence) => [presence.userId, presence]));
  return conversations.map((conversation) => {
    const presence = byId.get(conversation.otherUser.id);
    const isOnline = presence?.isOnline ?? false;
    const lastSeen = isOnline ? null : (presence?.lastSeen ?? conversation.lastSeenAt);
    return { ...conversation, isOnline, lastSeen };
  });
}
