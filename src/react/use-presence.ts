import { useMemo } from "react";
import { useChatClient } from "./chat-provider.tsx";
import { useReadable } from "./use-readable.ts";

export interface Presence {
  isOnline: boolean;
  /** ISO 8601; null while online, and when never seen. */
  lastSeen: string | null;
}

/** Null as long as nothing is known of the person. */
export function usePresence(userId: number): Presence | null {
  const client = useChatClient();
  const user = useReadable(useMemo(() => client.user(userId), [client, userId]));
  return user && { isOnline: user.is_online, lastSeen: user.last_seen };
}
