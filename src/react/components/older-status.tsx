import type { ThreadState } from "../../client/thread.ts";
import { useStrings } from "../strings.ts";

/** Over the top of the list, so that nothing moves: that older messages are coming, or why they are not. */
export function OlderStatus({ state, onRetry }: { state: ThreadState; onRetry: () => void }) {
  const strings = useStrings();
  if (state.error !== null) {
    return (
      <div className="parley-notice" role="alert" title={state.error}>
        <span>{strings.historyFailed}</span>
        <button type="button" onClick={onRetry}>
          {strings.retry}
        </button>
      </div>
    );
  }
  if (!state.loadingOlder) return null;
  return (
    <div className="parley-older" role="status">
      <span className="parley-spinner" aria-hidden="true" />
      <span className="parley-hidden">{strings.loadingOlder}</span>
    </div>
  );
}
