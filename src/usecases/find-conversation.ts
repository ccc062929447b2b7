import type { ConversationSummary } from "../ports/history-store.ts";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";

/** One of the user's own; another one's is not there (PRIV-1). */
export async function findConversation(
  { history }: Pick<Ports, "history">,
  userId: number,
  conversationId: number,
): Promise<ConversationSummary> {
  const conversation = await history.findConversation(userId, conversationId);
  if (!conversation) throw new ChatError("not-found");
  return conversation;
}
