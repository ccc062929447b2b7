import { useChatClient } from "./chat-provider.tsx";
import { useReadable } from "./use-readable.ts";

export interface UsedTyping {
  /** The other one is typing right now. */
  isTyping: boolean;
  /** To be called at each keystroke: tells the other. */
  typing(): void;
  stopTyping(): void;
}

/** Who types in the chat with one person: the other one, and the viewer's own keystrokes to be told. */
export function useTyping(userId: number): UsedTyping {
  const thread = useChatClient().thread(userId);
  const { isTyping } = useReadable(thread.state);
  return { isTyping, typing: thread.typing, stopTyping: thread.stopTyping };
}
