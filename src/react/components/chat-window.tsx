import { lazy, Suspense, useMemo, useState } from "react";
import type { MessageRow } from "../../client/message-row.ts";
import type { Thread } from "../../client/thread.ts";
import { useRootProps } from "../appearance.ts";
import { addFiles, draftOf } from "../draft.ts";
import { personName, type Person } from "../person.ts";
import { useStrings } from "../strings.ts";
import { useDroppedFiles } from "../use-dropped-files.ts";
import { usePartner } from "../use-partner.ts";
import { useThread } from "../use-thread.ts";
import { ChatHeader } from "./chat-header.tsx";
import { Composer } from "./composer.tsx";
import { DropOverlay } from "./drop-overlay.tsx";
import { MessageActionsContext, type MessageActions } from "./message-actions.ts";
import type { RenderMessage } from "./message-row.tsx";
import { MessagesPane } from "./messages-pane.tsx";

const Lightbox = lazy(async () => ({ default: (await import("./lightbox.tsx")).Lightbox }));

export interface ChatWindowProps {
  /** Only the id is needed: the rest is looked up, and what is given shows at once. */
  otherUser: Person;
  /** As documented; who is signed in is known by the token. */
  currentUser?: Person | null | undefined;
  /** Shows a button that leads back, for instance to the list of conversations. */
  onBack?: (() => void) | undefined;
  /** Shows a button that closes the chat. */
  onClose?: (() => void) | undefined;
  /** Puts the cursor into the text field. */
  autoFocus?: boolean | undefined;
  /** Draws messages in one's own way; to be the same function each time. */
  renderMessage?: RenderMessage | undefined;
  className?: string | undefined;
}

/** The chat with one person. As high as the element around it lets it be. */
export function ChatWindow(props: ChatWindowProps) {
  // Another person is another chat: nothing of the last one may stay.
  return <Chat key={Number(props.otherUser.id)} {...props} />;
}

interface Picture {
  row: MessageRow;
  url: string;
}

function Chat({ otherUser, autoFocus, className, ...rest }: ChatWindowProps) {
  const { onBack, onClose, renderMessage } = rest;
  const strings = useStrings();
  const { thread, state, reload } = useThread(Number(otherUser.id));
  const user = usePartner(otherUser);
  const [picture, setPicture] = useState<Picture | null>(null);
  const { isOver, dropProps } = useDroppedFiles((files) => addFiles(draftOf(thread), files));
  const actions = useActions(thread, setPicture);
  const root = useRootProps(className ? `chat-window ${className}` : "chat-window");
  return (
    <section
      {...root}
      {...dropProps}
      aria-label={strings.chatWith(personName(user) || strings.someone)}
    >
      <ChatHeader user={user} onBack={onBack} onClose={onClose} />
      <MessageActionsContext.Provider value={actions}>
        <MessagesPane
          thread={thread}
          state={state}
          user={user}
          renderMessage={renderMessage}
          onReload={reload}
        />
      </MessageActionsContext.Provider>
      <Composer thread={thread} autoFocus={autoFocus} />
      {isOver && <DropOverlay />}
      {picture && (
        <Suspense fallback={null}>
          <Lightbox {...picture} onClose={() => setPicture(null)} />
        </Suspense>
      )}
    </section>
  );
}

function useActions(thread: Thread, setPicture: (picture: Picture) => void): MessageActions {
  return useMemo(
    () => ({
      retry: ({ client_id }) => void (client_id && thread.retry(client_id)),
      discard: ({ client_id }) => void (client_id && thread.discard(client_id)),
      openImage: (row, url) => setPicture({ row, url }),
    }),
    [thread, setPicture],
  );
}
