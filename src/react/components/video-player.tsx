import { useState } from "react";
import { useStrings } from "../strings.ts";
import type { AttachmentProps } from "./attachment.ts";
import { FileCard } from "./file-card.tsx";

/** A video with the browser's own controls; as a file where the browser cannot play it. */
export function VideoPlayer({ row, url, progress }: AttachmentProps) {
  const strings = useStrings();
  const [broken, setBroken] = useState<string | null>(null);
  if (broken === url) return <FileCard row={row} url={url} progress={progress} />;
  return (
    <div className="parley-media" data-state="shown">
      <video
        className="message-attachment"
        src={url}
        controls={progress === null}
        preload="metadata"
        playsInline
        aria-label={row.attachment_name ?? strings.video}
        onError={() => setBroken(url)}
      />
      {progress}
    </div>
  );
}
