import type { Ports } from "../ports/index.ts";
import { formatConversationCursor, parseConversationCursor } from "../protocol/page-cursor.ts";
import { syncConversations } from "./sync-conversations.ts";
import type { ListedConversation } from "./sync-conversations.ts";

export interface ListRequest {
  /** Null for all of them. */
  limit: number | null;
  /** As the page before gave it. */
  cursor: string | undefined;
}

export interface ConversationList {
  conversations: ListedConversation[];
  nextCursor: string | null;
}

/** One query and one call of the caller's own hub. */
export async function listConversations(
  ports: Pick<Ports, "history" | "hubs" | "log">,
  userId: number,
  { limit, cursor }: ListRequest,
): Promise<ConversationList> {
  const before = cursor === undefined ? null : parseConversationCursor(cursor);
  // One more than is shown tells whether there is a next page.
  const page = { limit: limit && limit + 1, before };
  const found = await ports.history.listConversations(userId, page);
  const shown = limit === null ? found : found.slice(0, limit);
  const last = found.length > shown.length ? shown.at(-1) : undefined;
  return {
    conversations: await syncConversations(ports, userId, shown),
    nextCursor: last ? formatConversationCursor(last) : null,
  };
}
