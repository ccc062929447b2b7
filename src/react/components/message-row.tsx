import { memo, type ReactNode } from "react";
import type { MessageRow as Row } from "../../client/message-row.ts";
import { useFormat } from "../format.ts";
import { countEmoji } from "../links.ts";
import { useStrings } from "../strings.ts";
import { AttachmentView } from "./attachment-view.tsx";
import { Avatar } from "./avatar.tsx";
import { LinkedText } from "./linked-text.tsx";
import { MessageFailure } from "./message-failure.tsx";
import { MessageMeta } from "./message-meta.tsx";

/** Draws a message in one's own way; `standard` is what would be drawn otherwise. */
export type RenderMessage = (message: Row, standard: ReactNode) => ReactNode;

export interface MessageRowProps {
  row: Row;
  /** The first and the last of what one person wrote in a row. */
  first: boolean;
  last: boolean;
  renderMessage?: RenderMessage | undefined;
}

/** One message. Drawn again only when it, or its place in its group, has changed. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { row, first, last, renderMessage } = props;
  const standard = <Message row={row} />;
  const sender = {
    id: row.sender,
    full_name: row.sender_name,
    username: row.sender_username,
    avatar: row.sender_avatar,
  };
  return (
    <div
      className="parley-row"
      data-mine={row.mine || undefined}
      data-first={first || undefined}
      data-last={last || undefined}
      data-status={row.status}
      data-key={row.key}
    >
      {!row.mine && last && (
        <span className="parley-row-avatar" aria-hidden="true">
          <Avatar person={sender} size={28} />
        </span>
      )}
      {renderMessage ? renderMessage(row, standard) : standard}
    </div>
  );
});

const largest = 3;

function Message({ row }: { row: Row }) {
  const strings = useStrings();
  const format = useFormat();
  const emoji = row.attachment_url ? 0 : countEmoji(row.message);
  const name = row.sender_name || row.sender_username;
  return (
    <div
      className={`message ${row.mine ? "message-sent" : "message-received"}`}
      data-kind={row.attachment_url ? (row.attachment_type ?? "document") : "text"}
      data-bare={row.message === "" || undefined}
      data-emoji={emoji > 0 && emoji <= largest ? emoji : undefined}
      dir={row.message === "" ? undefined : "auto"}
    >
      <span className="parley-hidden" dir="auto">
        {row.mine ? strings.yourMessage : strings.messageFrom(name)}
      </span>
      <div className="message-content">
        {row.attachment_url && <AttachmentView row={row} url={row.attachment_url} />}
        {row.message !== "" && (
          <p data-time={format.time(row.timestamp)}>
            <LinkedText text={row.message} />
          </p>
        )}
      </div>
      <MessageMeta row={row} />
      {row.status === "failed" && <MessageFailure row={row} />}
    </div>
  );
}
