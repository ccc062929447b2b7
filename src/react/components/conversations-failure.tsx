import { useStrings } from "../strings.ts";
import { ConversationsNotice } from "./conversations-notice.tsx";
import { Icon } from "./icon.tsx";

export interface ConversationsFailureProps {
  /** Why, for people. */
  error: string;
  /** Nothing was kept that could be shown beside it. */
  alone: boolean;
  onRetry(): void;
}

/** Says that the list could not be read. */
export function ConversationsFailure({ error, alone, onRetry }: ConversationsFailureProps) {
  const strings = useStrings();
  const retry = (
    <button type="button" className="conversations-retry" onClick={onRetry}>
      {strings.retry}
    </button>
  );
  return (
    <div className={alone ? "conversations-failed" : "conversations-failure"} role="alert">
      {alone ? (
        <ConversationsNotice icon="error" title={strings.conversationsFailed} hint={error}>
          {retry}
        </ConversationsNotice>
      ) : (
        <>
          <Icon name="error" />
          <p>
            <strong>{strings.conversationsFailed}</strong>
            <span>{error}</span>
          </p>
          {retry}
        </>
      )}
    </div>
  );
}
