import type { ConversationPage } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { syncConversations } from "./sync-conversations.ts";
import type { ListedConversation } from "./sync-conversations.ts";

/** One query and one call of the caller's own hub. */
export async function listConversations(
  ports: Pick<Ports, "history" | "hubs" | "log">,
  userId: number,
  page: ConversationPage,
): Promise<ListedConversation[]> {
  const conversations = await ports.history.listConversations(userId, page);
  return syncConversations(ports, userId, conversations);
}
