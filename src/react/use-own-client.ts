import { useEffect, useState } from "react";
import type { ChatClient, ChatClientOptions } from "../client/chat-client.ts";
import { createChatClient } from "../client/create-chat-client.ts";
import { defaultOptions } from "../client/default-client.ts";
import { useLatest } from "./use-latest.ts";

/** Without a `url` and `getToken` no client is made; one alone is filled up as `configureChat` says. */
export type OwnClientOptions = {
  [Name in keyof ChatClientOptions]?: ChatClientOptions[Name] | undefined;
};

export function wantsOwnClient({ url, getToken }: OwnClientOptions): boolean {
  return url !== undefined || getToken !== undefined;
}

/**
 * A client of one's own from the first effect on, so that drawing opens no connection; another after each change but that of
 * `getToken`, which may be a new function each time. Closed when the component goes.
 */
export function useOwnClient(options: OwnClientOptions): ChatClient | null {
  const { url, transport, persist, getToken } = options;
  const [client, setClient] = useState<ChatClient | null>(null);
  const latest = useLatest(getToken);
  const wanted = wantsOwnClient(options);
  useEffect(() => {
    if (!wanted) return;
    const own = createChatClient({
      url: url ?? defaultOptions().url,
      ...(transport !== undefined && { transport }),
      ...(persist !== undefined && { persist }),
      getToken: (why) => (latest.current ?? defaultOptions().getToken)(why),
    });
    setClient(own);
    return () => {
      setClient(null);
      own.close();
    };
  }, [url, transport, persist, wanted, latest]);
  return client;
}
