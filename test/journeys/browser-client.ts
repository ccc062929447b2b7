import { EventSource } from "eventsource";
import type {
  ConversationRow,
  History,
  HistoryMessage,
  Marked,
  OnlineUsers,
  UnreadCount,
} from "./documented.ts";

/** The document's client code for browsers, with fetch in the place of axios. */

interface Answer<T> {
  status: number;
  data: T;
}

export interface ChatApi {
  getConversations(): Promise<Answer<ConversationRow[]>>;
  getMessages(userId: number, params?: Record<string, number>): Promise<Answer<History>>;
  sendMessage(
    receiverId: number,
    message: string,
    attachment?: File | null,
  ): Promise<Answer<HistoryMessage>>;
  markAsRead(conversationId: number): Promise<Answer<Marked>>;
  sendTyping(receiverId: number, isTyping: boolean): Promise<Answer<{ success: boolean }>>;
  getUnreadCount(): Promise<Answer<UnreadCount>>;
  getOnlineUsers(): Promise<Answer<OnlineUsers>>;
}

export function createChatApi(baseUrl: string, authToken: string): ChatApi {
  async function request<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Token ${authToken}`);
    const response = await fetch(baseUrl + path, { ...init, headers });
    return { status: response.status, data: (await response.json()) as T };
  }

  const get = <T>(path: string, params: Record<string, number> = {}): Promise<Answer<T>> => {
    const query = new URLSearchParams(
      Object.entries(params).map(([name, value]) => [name, String(value)]),
    );
    return request(query.size > 0 ? `${path}?${query.toString()}` : path);
  };
  const post = <T>(path: string, body: object): Promise<Answer<T>> =>
    request(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  return {
    getConversations: () => get("/communication/chats/conversations/"),
    getMessages: (userId, params = {}) =>
      get(`/communication/chats/conversation/${userId}/`, params),
    sendMessage(receiverId, message, attachment = null) {
      const formData = new FormData();
      formData.append("receiver_id", String(receiverId));
      formData.append("message", message);
      if (attachment) formData.append("attachment", attachment);
      return request("/communication/chats/", { method: "POST", body: formData });
    },
    markAsRead: (conversationId) =>
      post("/communication/chats/mark-read/", { conversation_id: conversationId }),
    sendTyping: (receiverId, isTyping) =>
      post("/communication/chats/typing/", { receiver_id: receiverId, is_typing: isTyping }),
    getUnreadCount: () => get("/communication/chats/unread-count/"),
    getOnlineUsers: () => get("/communication/chats/online-users/"),
  };
}

export const documentedEvents = [
  "connected",
  "message",
  "typing",
  "read_receipt",
  "notification",
  "heartbeat",
] as const;

interface HeardEvent {
  event: string;
  data: Record<string, unknown>;
}

export interface BrowserStream {
  readonly events: HeardEvent[];
  /** The Last-Event-ID of each connection. */
  readonly presented: (string | null)[];
  /** The first event that fits, or the one whose turn is `turn`. */
  waitFor(
    name: string,
    fits?: (data: Record<string, unknown>) => boolean,
    turn?: number,
  ): Promise<HeardEvent>;
  close(): void;
}

const limitMs = 30_000;

/** Listens as the document's `useSSE` does; `ready` and `reset` tell the test where it is. */
export function listenAsDocumented(url: string): BrowserStream {
  const events: HeardEvent[] = [];
  const presented: (string | null)[] = [];
  const watchers = new Set<() => void>();
  const eventSource = new EventSource(url, {
    fetch(address, init) {
      presented.push(new Headers(init.headers).get("Last-Event-ID"));
      return fetch(address, init);
    },
  });
  for (const name of [...documentedEvents, "ready", "reset"]) {
    eventSource.addEventListener(name, (event) => {
      events.push({ event: name, data: JSON.parse(event.data) as Record<string, unknown> });
      for (const watch of watchers) watch();
    });
  }

  return {
    events,
    presented,
    waitFor(name, fits = () => true, turn = 1) {
      const { promise, resolve, reject } = Promise.withResolvers<HeardEvent>();
      const watch = (): void => {
        const fitting = events.filter(({ event, data }) => event === name && fits(data));
        const found = fitting[turn - 1];
        if (found) resolve(found);
      };
      const timer = setTimeout(() => {
        reject(new Error(`${limitMs} ms passed before "${name}" came`));
      }, limitMs);
      watchers.add(watch);
      watch();
      return promise.finally(() => {
        clearTimeout(timer);
        watchers.delete(watch);
      });
    },
    close: () => eventSource.close(),
  };
}
