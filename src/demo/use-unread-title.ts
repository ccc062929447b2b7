import { useEffect } from "react";
import type { ChatClient } from "../client/chat-client.ts";
import { useReadable } from "../react/use-readable.ts";

/** Tells the number of unread messages in the tab's name. */
export function useUnreadTitle(client: ChatClient): void {
  const unread = useReadable(client.totalUnread);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Parley` : "Parley";
    return () => void (document.title = "Parley");
  }, [unread]);
}
