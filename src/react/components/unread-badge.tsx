import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";

const most = 99;

export interface UnreadBadgeProps {
  count: number;
  className?: string;
}

/** How many messages are unread, `99+` at most; nothing where there are none. */
export function UnreadBadge({ count, className = "unread-badge" }: UnreadBadgeProps) {
  const strings = useStrings();
  const format = useFormat();
  if (count <= 0) return null;
  return (
    <span className={className}>
      <span aria-hidden="true">
        {count > most ? strings.manyUnread(most) : format.number(count)}
      </span>
      <span className="parley-hidden">{strings.unreadMessages(count)}</span>
    </span>
  );
}
