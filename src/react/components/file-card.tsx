import type { MessageRow } from "../../client/message-row.ts";
import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";
import type { AttachmentProps } from "./attachment.ts";
import { FileBadge } from "./file-badge.tsx";
import { Icon } from "./icon.tsx";

/** A file that is not shown itself: its name, its size, and the way to get it. */
export function FileCard({ row, url, progress }: AttachmentProps) {
  const strings = useStrings();
  const name = row.attachment_name ?? strings.document;
  if (row.status === "sending" || row.status === "failed") {
    return (
      <div className="message-attachment parley-file">
        {progress ?? <FileBadge name={name} />}
        <FileLabel row={row} name={name} />
      </div>
    );
  }
  return (
    <a
      className="message-attachment parley-file"
      href={url}
      download={name}
      target="_blank"
      rel="noopener noreferrer"
      title={strings.download(name)}
    >
      <FileBadge name={name} />
      <FileLabel row={row} name={name} />
      <Icon name="download" />
    </a>
  );
}

function FileLabel({ row, name }: { row: MessageRow; name: string }) {
  const format = useFormat();
  return (
    <span className="parley-file-label">
      <bdi className="parley-file-name">{name}</bdi>
      {row.attachment_size !== null && (
        <span className="parley-file-size" dir="auto">
          {format.fileSize(row.attachment_size)}
        </span>
      )}
    </span>
  );
}
