import type { ConnectionState } from "../../client/connection.ts";
import { useChatClient } from "../chat-provider.tsx";
import { useStrings, type ChatStrings } from "../strings.ts";
import { useReadable } from "../use-readable.ts";
import { Icon } from "./icon.tsx";

const words = {
  connecting: "connecting",
  online: "connected",
  reconnecting: "reconnecting",
  offline: "noNetwork",
  "signed-out": "signedOut",
  closed: "disconnected",
} as const satisfies Record<ConnectionState["status"], keyof ChatStrings>;

/** How the link to the server stands; with a button to try again at once where that can help. */
export function ConnectionStatus() {
  const client = useChatClient();
  const strings = useStrings();
  const { status, error } = useReadable(client.connection);
  const canRetry = status === "reconnecting" || status === "closed" || status === "offline";
  return (
    <div className="connection-status" data-status={status}>
      <span className="parley-connection" role="status" title={error ?? undefined}>
        <span className="parley-connection-dot" aria-hidden="true" />
        <span className="parley-connection-text">{strings[words[status]]}</span>
      </span>
      {canRetry && (
        <button
          type="button"
          className="parley-icon-button parley-reconnect"
          aria-label={strings.reconnectNow}
          title={strings.reconnectNow}
          onClick={() => client.reconnect()}
        >
          <Icon name="retry" />
        </button>
      )}
    </div>
  );
}
