import { useState, type MouseEvent } from "react";
import { useRootProps } from "../appearance.ts";
import { personName, type Person } from "../person.ts";
import { useStrings } from "../strings.ts";
import { useUnread } from "../use-unread.ts";
import { useViewer } from "../use-viewer.ts";
import { ChatModal } from "./chat-modal.tsx";
import { Icon } from "./icon.tsx";
import { preloadChatWindow } from "./lazy-chat-window.tsx";
import { UnreadBadge } from "./unread-badge.tsx";

export type ChatButtonVariant = "primary" | "secondary" | "success" | "dark" | "outline";
export type ChatButtonSize = "small" | "normal" | "large";

export interface ChatButtonProps {
  /** Whom to write to; without anyone the button is disabled, and for oneself as well. */
  user?: Person | null | undefined;
  /** `Message` if left out. */
  buttonText?: string | undefined;
  variant?: ChatButtonVariant | undefined;
  size?: ChatButtonSize | undefined;
  /** Called first; `event.preventDefault()` keeps the chat closed. */
  onClick?: ((event: MouseEvent<HTMLButtonElement>) => void) | undefined;
  /** How many messages of that person are unread; true if left out. */
  showUnread?: boolean | undefined;
  disabled?: boolean | undefined;
  className?: string | undefined;
}

/** Nobody is looked up by an id that no one has. */
const nobody = 0;

/** Opens the chat with one person. */
export function ChatButton(props: ChatButtonProps) {
  const { user, buttonText, variant = "primary", size = "normal", showUnread = true } = props;
  const viewer = useViewer();
  const [wanted, setWanted] = useState<"never" | "open" | "closed">("never");
  const id = user == null ? nobody : Number(user.id);
  const sizeClass = size === "normal" ? "" : `chat-button-${size} `;
  const root = useRootProps(
    `chat-button ${sizeClass}chat-button-${variant} ${props.className ?? ""}`.trim(),
  );

  return (
    <>
      <button
        {...root}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={wanted === "open"}
        disabled={props.disabled === true || user == null || viewer?.id === id}
        onPointerEnter={preloadChatWindow}
        onFocus={preloadChatWindow}
        onClick={(event) => {
          props.onClick?.(event);
          if (event.defaultPrevented) return;
          // Safari does not, and then the focus could not come back here.
          event.currentTarget.focus();
          setWanted("open");
        }}
      >
        <ButtonLabel text={buttonText} name={personName(user)} />
        {showUnread && user != null && <ButtonBadge userId={id} />}
      </button>
      {wanted !== "never" && (
        <ChatModal
          isOpen={wanted === "open"}
          onClose={() => setWanted("closed")}
          recipientUser={user}
        />
      )}
    </>
  );
}

function ButtonLabel({ text, name }: { text: string | undefined; name: string }) {
  const strings = useStrings();
  return (
    <>
      <Icon name="chat" />
      <span>
        {text ?? strings.sendMessage}
        {name && <span className="parley-hidden"> {strings.toPerson(name)}</span>}
      </span>
    </>
  );
}

function ButtonBadge({ userId }: { userId: number }) {
  return <UnreadBadge count={useUnread(userId)} />;
}
