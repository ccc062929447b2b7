import { useState } from "react";
import { useStrings } from "../strings.ts";
import type { AttachmentProps } from "./attachment.ts";
import { Icon } from "./icon.tsx";
import { useMessageActions } from "./message-actions.ts";

interface Loading {
  /** What is shown: links change, but the picture behind them does not. */
  url: string;
  state: "loading" | "shown" | "broken";
}

/** A picture in a box that has its size before the picture is there; opens it in full. */
export function AttachmentImage(props: AttachmentProps) {
  const { row, url, progress } = props;
  const strings = useStrings();
  const actions = useMessageActions();
  const [loading, setLoading] = useState<Loading>({ url, state: "loading" });
  const name = row.attachment_name ?? strings.image;

  if (loading.state === "broken" && loading.url === url) {
    return (
      <div
        className="message-attachment parley-broken"
        role="img"
        aria-label={strings.fileUnavailable}
      >
        <Icon name="image" />
        <span aria-hidden="true">{strings.fileUnavailable}</span>
      </div>
    );
  }
  const shown = loading.state === "broken" ? url : loading.url;
  return (
    <div className="parley-media" data-state={loading.state}>
      <button
        type="button"
        className="parley-image-button"
        aria-label={strings.openImage(name)}
        onClick={() => actions.openImage(row, url)}
      >
        <img
          className="message-attachment"
          src={shown}
          alt={name}
          decoding="async"
          draggable={false}
          onLoad={() => setLoading({ url: shown, state: "shown" })}
          onError={() => setLoading({ url: shown, state: "broken" })}
        />
      </button>
      {progress}
    </div>
  );
}
