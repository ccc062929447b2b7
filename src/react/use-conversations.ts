import { useEffect } from "react";
import type { ConversationsState } from "../client/conversations.ts";
import { useChatClient } from "./chat-provider.tsx";
import { useReadable } from "./use-readable.ts";

export interface UsedConversations extends ConversationsState {
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
}

/** The viewer's conversations, the latest first, kept fresh while the component is there. */
export function useConversations(): UsedConversations {
  const { conversations } = useChatClient();
  const state = useReadable(conversations.state);
  useEffect(() => conversations.open(), [conversations]);
  return { ...state, loadMore: conversations.loadMore, refresh: conversations.refresh };
}
