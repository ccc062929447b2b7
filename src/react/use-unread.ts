import { useEffect } from "react";
import { useChatClient } from "./chat-provider.tsx";
import { useReadable } from "./use-readable.ts";

/** How many messages the viewer has not read: all of them, or those of one person. */
export function useUnread(userId?: number): number {
  const client = useChatClient();
  const { conversations } = client;
  const { rows } = useReadable(conversations.state);
  const total = useReadable(client.totalUnread);
  useEffect(() => conversations.open(), [conversations]);
  if (userId === undefined) return total;
  return rows.find(({ other_user }) => other_user.id === userId)?.unread_count ?? 0;
}
