import type { ChatClient } from "../../src/client/chat-client.ts";
import type { ChatUser } from "../../src/client/chat-user.ts";
import type { ClientEvent } from "../../src/client/client-event.ts";
import type { ConnectionState } from "../../src/client/connection.ts";
import type { ConversationRow, ConversationsState } from "../../src/client/conversations.ts";
import type { MessageRow } from "../../src/client/message-row.ts";
import { createWritable, type Writable } from "../../src/client/readable.ts";
import {
  unknownThread,
  type OutgoingMessage,
  type Thread,
  type ThreadState,
} from "../../src/client/thread.ts";

/** A chat without a server: the test writes what the components read, and reads what they asked for. */
export interface SampleChat {
  readonly client: ChatClient;
  readonly connection: Writable<ConnectionState>;
  readonly viewer: Writable<ChatUser | null>;
  readonly conversations: Writable<ConversationsState>;
  thread(userId: number): Writable<ThreadState>;
  user(userId: number): Writable<ChatUser | null>;
  emit(event: ClientEvent): void;
  /** What was called, in order, for instance `thread 2 open` and `conversations loadMore`. */
  readonly calls: string[];
}

export function sampleUser(id: number, fullName: string, rest: Partial<ChatUser> = {}): ChatUser {
  const username = fullName.toLowerCase().replaceAll(" ", "_");
  return {
    id,
    username,
    full_name: fullName,
    avatar: null,
    is_online: false,
    last_seen: null,
    ...rest,
  };
}

export function sampleConversation(
  otherUser: ChatUser,
  rest: Partial<ConversationRow> = {},
): ConversationRow {
  return {
    conversation_id: 1000 + otherUser.id,
    other_user: otherUser,
    last_message: null,
    last_message_at: null,
    last_message_by_me: false,
    unread_count: 0,
    is_typing: false,
    ...rest,
  };
}

export interface SampleMessage extends Partial<MessageRow> {
  id: number;
  from: ChatUser;
  to: ChatUser;
  mine: boolean;
}

export function sampleMessage({ from, to, ...rest }: SampleMessage): MessageRow {
  const conversation = 1000 + (rest.mine ? to.id : from.id);
  return {
    key: String(rest.id),
    sender: from.id,
    sender_name: from.full_name,
    sender_username: from.username,
    sender_avatar: from.avatar,
    receiver: to.id,
    receiver_name: to.full_name,
    receiver_username: to.username,
    receiver_avatar: to.avatar,
    conversation,
    message: `Message ${rest.id}`,
    attachment: null,
    attachment_url: null,
    attachment_type: null,
    is_read: false,
    read_at: null,
    delivered_at: null,
    timestamp: "2026-03-03T15:04:00.000Z",
    sender_id: from.id,
    receiver_id: to.id,
    conversation_id: conversation,
    client_id: null,
    seq: Math.max(0, rest.id),
    uuid: `00000000-0000-4000-8000-${String(Math.abs(rest.id)).padStart(12, "0")}`,
    attachment_name: null,
    attachment_size: null,
    status: "sent",
    progress: null,
    error: null,
    ...rest,
  };
}

export function createSampleChat(me: ChatUser): SampleChat {
  const calls: string[] = [];
  const viewer = createWritable<ChatUser | null>(me);
  const connection = createWritable<ConnectionState>({
    status: "online",
    transport: "websocket",
    error: null,
    retryAt: null,
  });
  const conversations = createWritable<ConversationsState>({
    rows: [],
    totalUnread: 0,
    loading: false,
    loadingMore: false,
    hasMore: false,
    error: null,
  });
  const users = remember((_id: number) => createWritable<ChatUser | null>(null));
  const threads = remember((userId: number) => createSampleThread({ userId, calls, viewer }));
  const listeners = new Set<(event: ClientEvent) => void>();
  const call = (name: string) => void calls.push(name);

  const client: ChatClient = {
    url: "http://localhost:8787",
    connection,
    viewer,
    conversations: {
      state: conversations,
      open() {
        call("conversations open");
        return () => call("conversations close");
      },
      loadMore: async () => call("conversations loadMore"),
      refresh: async () => call("conversations refresh"),
    },
    totalUnread: {
      get: () => conversations.get().totalUnread,
      subscribe: (listener) => conversations.subscribe(listener),
    },
    thread: (userId) => threads(userId).thread,
    user: users,
    on(type, listener) {
      const heard = (event: ClientEvent) => {
        if (event.type === type) listener(event as Parameters<typeof listener>[0]);
      };
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
    reconnect: () => call("reconnect"),
    close: () => call("close"),
    signOut: async () => call("signOut"),
  };

  return {
    client,
    connection,
    viewer,
    conversations,
    thread: (userId) => threads(userId).state,
    user: users,
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    calls,
  };
}

function createSampleThread(options: {
  userId: number;
  calls: string[];
  viewer: Writable<ChatUser | null>;
}) {
  const { userId, calls, viewer } = options;
  const state = createWritable<ThreadState>({
    ...unknownThread,
    conversationId: 1000 + userId,
    loading: false,
  });
  const call = (name: string) => void calls.push(`thread ${userId} ${name}`);
  let sent = 0;

  const thread: Thread = {
    userId,
    state,
    open() {
      call("open");
      return () => call("close");
    },
    loadOlder: async () => call("loadOlder"),
    send({ text, file }: OutgoingMessage) {
      sent += 1;
      const clientId = `client-${userId}-${sent}`;
      call(`send ${clientId} ${text}${file ? ` with ${file.name}` : ""}`);
      const now = state.get();
      const from = viewer.get() ?? sampleUser(0, "Nobody");
      const to = now.otherUser ?? sampleUser(userId, `Person ${userId}`);
      const row = sampleMessage({ id: -sent, from, to, mine: true });
      const pending = {
        key: clientId,
        client_id: clientId,
        message: text,
        status: "sending",
      } as const;
      state.set({ ...now, messages: [...now.messages, { ...row, ...pending }] });
      return clientId;
    },
    retry: (clientId) => call(`retry ${clientId}`),
    discard: (clientId) => call(`discard ${clientId}`),
    typing: () => call("typing"),
    stopTyping: () => call("stopTyping"),
    seen: () => call("seen"),
  };
  return { thread, state };
}

function remember<T>(create: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>();
  return (id) => {
    const value = known.get(id) ?? create(id);
    known.set(id, value);
    return value;
  };
}
