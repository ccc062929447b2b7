import { useStrings } from "../strings.ts";

const rows = [0, 1, 2, 3, 4, 5];

/** Stands in for the conversations until the first of them are known. */
export function ConversationsSkeleton() {
  const strings = useStrings();
  return (
    <div className="conversations-skeleton" role="status">
      <span className="parley-hidden">{strings.loadingConversations}</span>
      {rows.map((row) => (
        <div key={row} className="conversation-skeleton" aria-hidden="true">
          <span className="skeleton-avatar" />
          <span className="skeleton-lines">
            <span />
            <span />
          </span>
        </div>
      ))}
    </div>
  );
}
