import type { ChatMessage } from "../protocol/chat-message.ts";
import type { MessageList } from "./message-list.ts";

/** Where "unread" begins: fixed once what was missed has been read, and then it goes up only to older ones that were missed, too. */
export interface UnreadDivider {
  /** The thread is opened. */
  begin(): void;
  notice(message: ChatMessage): void;
  fix(): void;
  /** Nobody looks any more: what was unread then is not where the next one begins. */
  end(): void;
  /** The message was missed, and so may those before it. */
  mayPrecede(message: ChatMessage): boolean;
  /** The `key` of the message that it goes before. */
  keyIn(list: MessageList): string | null;
}

export function createUnreadDivider(otherId: number): UnreadDivider {
  let isFixed = true;
  let first: number | null = null;
  const isMissed = ({ sender_id, is_read }: ChatMessage): boolean =>
    sender_id === otherId && !is_read;

  return {
    begin() {
      isFixed = false;
      first = null;
    },
    notice(message) {
      const isOutside = isFixed && (first === null || message.seq > first);
      if (isMissed(message) && !isOutside) first = Math.min(first ?? message.seq, message.seq);
    },
    fix() {
      isFixed = true;
    },
    end() {
      isFixed = true;
      first = null;
    },
    mayPrecede: (message) => !isFixed && isMissed(message),
    keyIn: ({ stored }) =>
      first === null ? null : (stored.find(({ seq }) => seq === first)?.key ?? null),
  };
}
