import type { ConnectionState } from "../client/connection.ts";
import { useChatClient } from "./chat-provider.tsx";
import { useReadable } from "./use-readable.ts";

export interface UsedConnection extends ConnectionState {
  isOnline: boolean;
  /** Tries again now. */
  reconnect(): void;
}

/** How the link to the server stands. */
export function useConnection(): UsedConnection {
  const client = useChatClient();
  const state = useReadable(client.connection);
  return { ...state, isOnline: state.status === "online", reconnect: client.reconnect };
}
