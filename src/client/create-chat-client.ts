import { createBrowserEnvironment } from "./browser-environment.ts";
import type { ChatClient, ChatClientOptions } from "./chat-client.ts";
import { createChatSession } from "./chat-session.ts";
import type { Environment } from "./environment.ts";

/** Begins at once. One client is for one person: who signs in as somebody else needs another. */
export function createChatClient(
  options: ChatClientOptions,
  environment: Environment = createBrowserEnvironment(),
): ChatClient {
  const url = (options.url ?? location.origin).replace(/\/+$/, "");
  const session = createChatSession({ ...options, url }, environment);
  const { connection, viewer, stores } = session;
  const { conversations, people, thread } = stores;
  return {
    url,
    connection,
    viewer,
    conversations,
    totalUnread: conversations.totalUnread,
    thread,
    user: people.of,
    on: session.on,
    reconnect: session.reconnect,
    close: session.close,
    signOut: session.signOut,
  };
}
