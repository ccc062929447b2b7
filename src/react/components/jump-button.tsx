import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";
import { Icon } from "./icon.tsx";

export interface JumpButtonProps {
  hidden: boolean;
  unread: number;
  onClick: () => void;
}

/** Floats over the end of the list while the newest message is out of view. */
export function JumpButton({ hidden, unread, onClick }: JumpButtonProps) {
  const strings = useStrings();
  const format = useFormat();
  const label = unread > 0 ? strings.newMessagesBelow(unread) : strings.jumpToNewest;
  return (
    <button
      type="button"
      className="parley-jump"
      data-hidden={hidden || undefined}
      tabIndex={hidden ? -1 : 0}
      aria-hidden={hidden}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      {unread > 0 && <span className="parley-jump-count">{format.number(unread)}</span>}
      <Icon name="down" />
    </button>
  );
}
