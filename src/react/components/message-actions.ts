import { createContext, useContext } from "react";
import type { MessageRow } from "../../client/message-row.ts";

/** What can be done with a message; the same functions as long as the chat is shown, so that rows need not be drawn again. */
export interface MessageActions {
  retry(row: MessageRow): void;
  discard(row: MessageRow): void;
  openImage(row: MessageRow, url: string): void;
}

const nothing = () => {};

export const MessageActionsContext = createContext<MessageActions>({
  retry: nothing,
  discard: nothing,
  openImage: nothing,
});

export function useMessageActions(): MessageActions {
  return useContext(MessageActionsContext);
}
