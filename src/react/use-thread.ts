import { useCallback, useEffect, useMemo, useState } from "react";
import type { Thread, ThreadState } from "../client/thread.ts";
import { useChatClient } from "./chat-provider.tsx";
import { useReadable } from "./use-readable.ts";

/** The chat with one person, kept fresh as long as the component is there. */
export function useThread(userId: number): {
  thread: Thread;
  state: ThreadState;
  /** Reads history again after an error. */
  reload(): void;
} {
  const client = useChatClient();
  const thread = useMemo(() => client.thread(userId), [client, userId]);
  const state = useReadable(thread.state);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => thread.open(), [thread, attempt]);
  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  return { thread, state, reload };
}
