import { useEffect, useRef } from "react";
import type { MessageRow } from "../../client/message-row.ts";
import { useStrings } from "../strings.ts";
import { IconButton } from "./icon-button.tsx";
import { Icon } from "./icon.tsx";

/** A picture over the whole page. The browser keeps the focus inside, and gives it back. */
export function Lightbox(props: { row: MessageRow; url: string; onClose: () => void }) {
  const { row, url, onClose } = props;
  const strings = useStrings();
  const dialog = useRef<HTMLDialogElement>(null);
  const name = row.attachment_name ?? strings.image;
  useEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="parley-lightbox"
      aria-label={name}
      onClose={() => {
        // Strict mode closes and opens it again before it hears of the first close.
        if (!dialog.current?.open) onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className="parley-lightbox-bar">
        <bdi>{name}</bdi>
        <a
          className="parley-icon-button"
          href={url}
          download={name}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={strings.download(name)}
          title={strings.download(name)}
        >
          <Icon name="download" />
        </a>
        <IconButton icon="close" label={strings.close} onClick={() => dialog.current?.close()} />
      </div>
      <img src={url} alt={row.message || name} />
    </dialog>
  );
}
