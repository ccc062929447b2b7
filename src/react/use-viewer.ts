import type { ChatUser } from "../client/chat-user.ts";
import { useChatClient } from "./chat-provider.tsx";
import { useReadable } from "./use-readable.ts";

/** Who is signed in; null until it is known. */
export function useViewer(): ChatUser | null {
  return useReadable(useChatClient().viewer);
}
