import { useRef, type MouseEvent, type PointerEvent, type SyntheticEvent } from "react";
import { createPortal } from "react-dom";
import { useRootProps } from "../appearance.ts";
import { personName, type Person } from "../person.ts";
import { hasFinePointer } from "../pointer.ts";
import { useStrings } from "../strings.ts";
import { useDialog } from "../use-dialog.ts";
import { useScrollLock } from "../use-scroll-lock.ts";
import { useVisualViewport } from "../use-visual-viewport.ts";
import { LazyChatWindow } from "./lazy-chat-window.tsx";

export interface ChatModalProps {
  isOpen: boolean;
  onClose(): void;
  /** Null as long as nobody is chosen: then there is nothing to see. */
  recipientUser: Person | null | undefined;
}

/** The chat with one person over the page; on a phone it takes the whole of it. */
export function ChatModal({ isOpen, onClose, recipientUser }: ChatModalProps) {
  const shows = isOpen && recipientUser != null;
  const last = useRef(recipientUser);
  if (recipientUser != null) last.current = recipientUser;
  const { ref, present } = useDialog(shows, onClose);
  const strings = useStrings();
  const root = useRootProps("chat-modal");
  const onBackdrop = useBackdrop(onClose);
  useScrollLock(shows);
  useVisualViewport(ref, present);
  const person = recipientUser ?? last.current;
  if (!present || person == null) return null;

  return createPortal(
    <dialog
      {...root}
      {...onBackdrop}
      {...contained}
      ref={ref}
      tabIndex={-1}
      aria-label={strings.chatWith(personName(person) || strings.someone)}
    >
      <LazyChatWindow otherUser={person} onClose={onClose} autoFocus={hasFinePointer()} />
    </dialog>,
    document.body,
  );
}

function stop(event: SyntheticEvent): void {
  event.stopPropagation();
}

/** Events pass from a portal to the component around; a card that is clickable must not notice the chat inside. */
const contained = {
  onChange: stop,
  onInput: stop,
  onKeyDown: stop,
  onKeyUp: stop,
  onPointerUp: stop,
  onSubmit: stop,
};

/** A press that begins and ends beside the chat closes it; one that began inside, selecting text, does not. */
function useBackdrop(onClose: () => void) {
  const began = useRef(false);
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      event.stopPropagation();
      began.current = event.target === event.currentTarget;
    },
    onClick(event: MouseEvent<HTMLElement>) {
      event.stopPropagation();
      if (began.current && event.target === event.currentTarget) onClose();
      began.current = false;
    },
  };
}
