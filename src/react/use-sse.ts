import { useEffect } from "react";
import type { ChatClient } from "../client/chat-client.ts";
import type { ClientEvent } from "../client/client-event.ts";
import type { ConnectionState } from "../client/connection.ts";
import { wasSentHere } from "../client/own-sends.ts";
import { useChatClient } from "./chat-provider.tsx";
import { sseEventTypes, toSSEEvents, type SSEEvent } from "./sse-event.ts";
import { useLatest } from "./use-latest.ts";
import { useReadable } from "./use-readable.ts";

export interface UsedSSE {
  isConnected: boolean;
  /** `No auth token` where nobody is signed in; null while all is well. */
  error: string | null;
  /** Tries again now. */
  reconnect(): void;
}

/**
 * Hands every event to the callback in the documented shape, from the page's one connection: over server-sent events or a
 * WebSocket, whichever is open. Only the last callback is called, and a new one changes nothing else. What this page sent by
 * `chatAPI` does not come back; what the viewer wrote elsewhere comes.
 */
export function useSSE(onMessage: (event: SSEEvent) => void, enabled = true): UsedSSE {
  const client = useChatClient();
  const state = useReadable(client.connection);
  const latest = useLatest(onMessage);

  useEffect(() => {
    if (!enabled) return;
    return listenToAll(client, (event) => latest.current(event));
  }, [client, enabled, latest]);

  return {
    isConnected: enabled && state.status === "online",
    error: enabled ? describeError(state) : null,
    reconnect: client.reconnect,
  };
}

function describeError({ status, error }: ConnectionState): string | null {
  if (status === "signed-out") return "No auth token";
  if (status === "online" || status === "connecting" || status === "closed") return error;
  return error ?? "Connection error";
}

function listenToAll(client: ChatClient, onMessage: (event: SSEEvent) => void): () => void {
  let greeted = false;
  let wasOnline = false;
  let stopped = false;
  const pass = (event: ClientEvent): void => {
    if (event.type === "connected") greeted = true;
    if (event.type === "message" && event.message.sender_id === client.viewer.get()?.id) {
      // Whoever sent it by `chatAPI` has it as the answer, and would show it twice.
      void wasSentHere(event.message.id).then((known) => known || stopped || tell(event));
      return;
    }
    tell(event);
  };
  const tell = (event: ClientEvent): void => toSSEEvents(event).forEach(onMessage);
  // Whoever comes when the connection stands already is greeted as well.
  const greet = (): void => {
    const isOnline = client.connection.get().status === "online";
    if (wasOnline && !isOnline) greeted = false;
    wasOnline = isOnline;
    const viewer = client.viewer.get();
    if (isOnline && !greeted && viewer) pass({ type: "connected", user_id: viewer.id });
  };
  const stops = [
    ...sseEventTypes.map((type) => client.on(type, pass)),
    client.connection.subscribe(greet),
    client.viewer.subscribe(greet),
  ];
  greet();
  return () => {
    stopped = true;
    for (const stop of stops) stop();
  };
}
