import { memo } from "react";
import type { ConversationRow as Row } from "../../client/conversations.ts";
import { useFormat } from "../format.ts";
import { personName } from "../person.ts";
import { useStrings, type ChatStrings } from "../strings.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { UnreadBadge } from "./unread-badge.tsx";

const avatarSize = 50;

export interface ConversationRowProps {
  row: Row;
  /** When the last message came, as it is shown. */
  time: string;
  selected: boolean;
  /** The one that the tab key reaches. */
  reachable: boolean;
  onSelect(row: Row): void;
}

function describePreview(row: Row, strings: ChatStrings): string {
  if (row.is_typing) return strings.typing;
  if (row.last_message_at === null) return "";
  return (
    (row.last_message_by_me ? strings.youPrefix : "") + (row.last_message || strings.attachment)
  );
}

function UnsentMark({ status }: { status: "sending" | "failed" }) {
  const label = useStrings().status[status];
  return (
    <span
      className="parley-unsent"
      data-status={status}
      role="img"
      aria-label={label}
      title={label}
    >
      <Icon name={status === "failed" ? "error" : "clock"} />
    </span>
  );
}

/** One conversation of the list. */
export const ConversationRow = memo(function ConversationRow(props: ConversationRowProps) {
  const { row, time, selected, reachable, onSelect } = props;
  const strings = useStrings();
  const format = useFormat();
  const { other_user: other, unread_count: unread } = row;
  const name = personName(other) || strings.someone;
  const preview = describePreview(row, strings);
  return (
    <div
      className="conversation-item"
      role="option"
      aria-selected={selected}
      tabIndex={reachable ? 0 : -1}
      data-user-id={other.id}
      onClick={() => onSelect(row)}
    >
      <div className="avatar-container" aria-hidden="true">
        <Avatar person={other} size={avatarSize} />
        {other.is_online && <span className="online-indicator" />}
      </div>
      <div className="conversation-content">
        <div className="conversation-header">
          <h4 role="presentation" dir="auto">
            {name}
          </h4>
          {other.is_online && <span className="parley-hidden">{strings.online}</span>}
          {row.last_message_at !== null && (
            <time
              className="timestamp"
              dateTime={row.last_message_at}
              title={format.dateTime(row.last_message_at)}
            >
              {time}
            </time>
          )}
        </div>
        <div className={row.is_typing ? "last-message last-message-typing" : "last-message"}>
          {row.unsent && <UnsentMark status={row.unsent} />}
          <p className={unread > 0 ? "unread" : ""} dir="auto">
            {preview}
          </p>
          <UnreadBadge count={unread} className="unread-count" />
        </div>
      </div>
    </div>
  );
});
