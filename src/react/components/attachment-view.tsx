import type { MessageRow } from "../../client/message-row.ts";
import { AttachmentImage } from "./attachment-image.tsx";
import { AudioPlayer } from "./audio-player.tsx";
import { FileCard } from "./file-card.tsx";
import { UploadProgress } from "./upload-progress.tsx";
import { VideoPlayer } from "./video-player.tsx";

/** A message's file, each kind in its own way. */
export function AttachmentView({ row, url }: { row: MessageRow; url: string }) {
  const isUploading = row.status === "sending" && row.progress !== null;
  const progress = isUploading ? <UploadProgress row={row} share={row.progress ?? 0} /> : null;
  switch (row.attachment_type) {
    case "image":
      return <AttachmentImage row={row} url={url} progress={progress} />;
    case "video":
      return <VideoPlayer row={row} url={url} progress={progress} />;
    case "audio":
      return <AudioPlayer row={row} url={url} progress={progress} />;
    default:
      return <FileCard row={row} url={url} progress={progress} />;
  }
}
