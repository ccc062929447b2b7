import { useRef, useState } from "react";
import type { ConversationRow } from "../../client/conversations.ts";
import { useRootProps } from "../appearance.ts";
import type { Person } from "../person.ts";
import { hasFinePointer } from "../pointer.ts";
import { useStrings } from "../strings.ts";
import { ChatWindow } from "./chat-window.tsx";
import { ConversationsList } from "./conversations-list.tsx";
import { ConversationsNotice } from "./conversations-notice.tsx";

export interface InboxProps {
  /** Whose chat is open; null shows none. Left out, the inbox keeps it for itself. */
  selectedUser?: Person | null | undefined;
  onSelectUser?: ((user: Person | null) => void) | undefined;
  filter?: ((row: ConversationRow) => boolean) | undefined;
  className?: string | undefined;
}

/** All conversations beside the one that is open; where it is narrow, one at a time. */
export function Inbox({ selectedUser, onSelectUser, filter, className }: InboxProps) {
  const strings = useStrings();
  const root = useRootProps(className ? `inbox ${className}` : "inbox");
  const panes = useRef<HTMLDivElement>(null);
  const [own, setOwn] = useState<Person | null>(null);
  const [chosen, setChosen] = useState(false);
  const open = selectedUser === undefined ? own : selectedUser;

  const select = (user: Person | null): void => {
    setOwn(user);
    setChosen(user !== null);
    onSelectUser?.(user);
  };
  const back = (): void => {
    const left = open?.id;
    select(null);
    // Once the list is shown again, the focus is where the reader left it.
    requestAnimationFrame(() => {
      panes.current?.querySelector<HTMLElement>(`[data-user-id="${left}"]`)?.focus();
    });
  };

  return (
    <div {...root}>
      <div className="inbox-panes" ref={panes} data-pane={open === null ? "list" : "chat"}>
        <ConversationsList
          onSelectConversation={select}
          selectedUserId={open?.id ?? null}
          filter={filter}
        />
        <div className="inbox-chat">
          {open === null ? (
            <ConversationsNotice
              icon="chat"
              title={strings.noConversationSelected}
              hint={strings.noConversationSelectedHint}
            />
          ) : (
            <ChatWindow otherUser={open} onBack={back} autoFocus={chosen && hasFinePointer()} />
          )}
        </div>
      </div>
    </div>
  );
}
