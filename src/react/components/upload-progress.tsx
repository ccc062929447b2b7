import type { MessageRow } from "../../client/message-row.ts";
import { useFormat } from "../format.ts";
import { useStrings } from "../strings.ts";
import { Icon } from "./icon.tsx";
import { useMessageActions } from "./message-actions.ts";

const around = 2 * Math.PI * 20;

/** A ring that fills while a file goes up, around the button that stops it. */
export function UploadProgress({ row, share }: { row: MessageRow; share: number }) {
  const strings = useStrings();
  const format = useFormat();
  const actions = useMessageActions();
  return (
    <span className="parley-upload">
      <span
        role="progressbar"
        aria-label={strings.uploading(format.percent(share))}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <svg viewBox="0 0 44 44" aria-hidden="true" focusable="false">
          <circle cx="22" cy="22" r="20" />
          <circle
            cx="22"
            cy="22"
            r="20"
            strokeDasharray={around}
            strokeDashoffset={around * (1 - Math.max(0.03, share))}
          />
        </svg>
      </span>
      <button
        type="button"
        aria-label={strings.cancelUpload}
        title={strings.cancelUpload}
        onClick={() => actions.discard(row)}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}
