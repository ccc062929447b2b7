import type { ChatClient } from "../client/chat-client.ts";
import type { ConnectionState } from "../client/connection.ts";
import { unknownConversations } from "../client/conversations.ts";
import type { Readable } from "../client/readable.ts";
import { unknownThread, type Thread } from "../client/thread.ts";

const nothing = () => {};
const later = async () => {};

function always<T>(value: T): Readable<T> {
  return { get: () => value, subscribe: () => nothing };
}

const unknown = always(null);
const noUnread = always(0);
const connecting = always<ConnectionState>({
  status: "connecting",
  transport: null,
  error: null,
  retryAt: null,
});
const noRows = always(unknownConversations);
const noMessages = always(unknownThread);

function idleThread(userId: number): Thread {
  return {
    userId,
    state: noMessages,
    open: () => nothing,
    loadOlder: later,
    send: () => "",
    retry: nothing,
    discard: nothing,
    typing: nothing,
    stopTyping: nothing,
    seen: nothing,
  };
}

/** Stands in for the client on a server and until the page is hydrated: everything is still loading, and nothing is asked. */
export const idleClient: ChatClient = {
  url: "",
  connection: connecting,
  viewer: unknown,
  conversations: { state: noRows, open: () => nothing, loadMore: later, refresh: later },
  totalUnread: noUnread,
  thread: idleThread,
  user: () => unknown,
  on: () => nothing,
  reconnect: nothing,
  close: nothing,
  signOut: later,
};
