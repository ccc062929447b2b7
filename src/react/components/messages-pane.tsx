import { useStrings } from "../strings.ts";
import { MessageList, type MessageListProps } from "./message-list.tsx";
import { OlderStatus } from "./older-status.tsx";

/** The messages, or what stands in their place until there are any. */
export function MessagesPane(props: MessageListProps) {
  const { state, onReload } = props;
  if (state.messages.length > 0 || (!state.loading && state.error === null)) {
    return <MessageList {...props} />;
  }
  return (
    <div className="parley-messages" data-placed>
      <OlderStatus state={state} onRetry={onReload} />
      <div className="messages-container">{state.loading && <Loading />}</div>
    </div>
  );
}

const bubbles = [0, 1, 2, 3, 4];

function Loading() {
  const strings = useStrings();
  return (
    <div className="loading" role="status">
      <span className="parley-hidden">{strings.loadingMessages}</span>
      {bubbles.map((index) => (
        <span
          key={index}
          className="parley-skeleton"
          data-mine={index % 3 === 1 || undefined}
          aria-hidden="true"
        />
      ))}
    </div>
  );
}
