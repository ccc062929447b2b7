import { useEffect } from "react";
import type { Notification } from "../client/client-event.ts";
import { useChatClient } from "./chat-provider.tsx";
import { toSSEEvents } from "./sse-event.ts";
import { useLatest } from "./use-latest.ts";

/** Calls the listener for each notification that the host application sends to the viewer. */
export function useNotifications(listener: (notification: Notification) => void): void {
  const client = useChatClient();
  const latest = useLatest(listener);
  useEffect(
    () =>
      client.on("notification", (event) => {
        for (const { event: name, data } of toSSEEvents(event)) {
          if (name === "notification") latest.current(data);
        }
      }),
    [client, latest],
  );
}
