import type { MessageRow, MessageStatus } from "../../client/message-row.ts";
import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";
import { Icon, type IconName } from "./icon.tsx";

const marks: Record<MessageStatus, { text: string; icon: IconName }> = {
  sending: { text: "", icon: "clock" },
  sent: { text: "✓", icon: "check" },
  delivered: { text: "✓✓", icon: "checks" },
  read: { text: "✓✓", icon: "checks" },
  failed: { text: "", icon: "error" },
};

/** When a message was written, and how far one's own has come. */
export function MessageMeta({ row }: { row: MessageRow }) {
  const format = useFormat();
  return (
    <div className="message-meta">
      <time
        className="timestamp"
        dir="auto"
        dateTime={row.timestamp}
        title={format.dateTime(row.timestamp)}
      >
        {format.time(row.timestamp)}
      </time>
      {row.mine && <ReadStatus status={row.status} />}
    </div>
  );
}

function ReadStatus({ status }: { status: MessageStatus }) {
  const strings = useStrings();
  const { text, icon } = marks[status];
  return (
    <span
      className="read-status"
      data-status={status}
      role="img"
      aria-label={strings.status[status]}
      title={strings.status[status]}
    >
      <Icon name={icon} />
      <span className="parley-hidden">{text}</span>
    </span>
  );
}
