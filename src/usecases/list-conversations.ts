import type { ConversationPage, ConversationSummary } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import type { Presence } from "../protocol/presence.ts";
import type { Session } from "./authenticate.ts";

export interface ListedConversation extends ConversationSummary {
  isOnline: boolean;
  lastSeen: string | null;
}

/** One query and one call of the caller's own hub, which learns on the way what it may have missed (HUB-6). */
export async function listConversations(
  ports: Pick<Ports, "history" | "hubs" | "log">,
  session: Session,
  page: ConversationPage,
): Promise<ListedConversation[]> {
  const userId = session.person.id;
  const conversations = await ports.history.listConversations(userId, page);
  const heads = conversations.map(({ id, otherUser, headSeq, lastMessageAt }) => ({
    conversationId: id,
    partnerId: otherUser.id,
    headSeq,
    lastMessageAt,
  }));
  const presences = await ports.hubs.sync(userId, heads).catch((error: unknown): Presence[] => {
    ports.log.error("sync.failed", { reason: String(error) });
    return [];
  });
  const byId = new Map(presences.map((presence) => [presence.userId, presence]));
  return conversations.map((conversation) => {
    const presence = byId.get(conversation.otherUser.id);
    return {
      ...conversation,
      isOnline: presence?.isOnline ?? false,
      lastSeen: presence?.lastSeen ?? conversation.lastSeenAt,
    };
  });
}
