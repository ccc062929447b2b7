import type { MessageRow } from "../../client/message-row.ts";
import { useStrings } from "../strings.ts";
import { useMessageActions } from "./message-actions.ts";

/** Below a message that did not go out: why, and what to do about it. */
export function MessageFailure({ row }: { row: MessageRow }) {
  const strings = useStrings();
  const actions = useMessageActions();
  return (
    <div className="parley-failure" role="alert">
      <span>{row.error ?? strings.notSent}</span>
      <span className="parley-failure-actions">
        <button type="button" onClick={() => actions.retry(row)}>
          {strings.retry}
        </button>
        <button type="button" onClick={() => actions.discard(row)}>
          {strings.discard}
        </button>
      </span>
    </div>
  );
}
