import type { Ports } from "../ports/index.ts";
import { findConversation } from "./find-conversation.ts";
import { syncConversations } from "./sync-conversations.ts";
import type { ListedConversation } from "./sync-conversations.ts";

export async function readConversation(
  ports: Pick<Ports, "history" | "hubs" | "log">,
  userId: number,
  conversationId: number,
): Promise<ListedConversation> {
  const conversation = await findConversation(ports, userId, conversationId);
  const [listed] = await syncConversations(ports, userId, [conversation]);
  return listed!;
}
