import type { MessagingConversation } from "../protocol/messaging-conversation.ts";
import type { MessagingMessage } from "../protocol/messaging-message.ts";
import { formOf, type SendOptions } from "./chat-api.ts";
import type { Http, HttpAnswer, HttpRequest } from "./http.ts";

/** Newest first; `next` is a link to the page before, null on the last one. */
export interface MessagingPage<T> {
  results: T[];
  next: string | null;
  previous: null;
}

/** At most 100 at once, 50 unless said; `cursor` is the one in the last page's `next`. */
export interface MessagingPageParams {
  limit?: number;
  cursor?: string;
}

export interface MessagingSend extends SendOptions {
  text: string;
  attachment?: File | null;
}

type Messages = Promise<HttpAnswer<MessagingPage<MessagingMessage>>>;

/** The messaging API by its documented names. Each call rejects with `ApiError`. */
export interface MessagingAPI {
  getConversations(
    params?: MessagingPageParams,
  ): Promise<HttpAnswer<MessagingPage<MessagingConversation>>>;
  createConversation(user_id: number): Promise<HttpAnswer<MessagingConversation>>;
  getConversation(conversation_id: number): Promise<HttpAnswer<MessagingConversation>>;
  getMessages(conversation_id: number, params?: MessagingPageParams): Messages;
  sendMessage(
    conversation_id: number,
    message: string | MessagingSend,
  ): Promise<HttpAnswer<MessagingMessage>>;
  getMessagesWithUser(user_id: number, params?: MessagingPageParams): Messages;
  getUnreadMessagesCount(
    user_id: number,
  ): Promise<HttpAnswer<{ user_id: number; unread_count: number }>>;
  getUnreadCount(): Promise<HttpAnswer<{ unread_count: number; total_unread: number }>>;
}

const base = "/api/messaging";

export function createMessagingAPI(http: Http): MessagingAPI {
  const get = <T>(path: string, query: HttpRequest["query"] = {}): Promise<HttpAnswer<T>> =>
    http.request({ method: "GET", path: `${base}/${path}`, query });

  return {
    getConversations: (params = {}) => get("conversations/", { ...params }),
    createConversation: (userId) =>
      http.request({ method: "POST", path: `${base}/conversations/`, body: { user_id: userId } }),
    getConversation: (id) => get(`conversations/${id}/`),
    getMessages: (id, params = {}) => get(`conversations/${id}/messages/`, { ...params }),
    sendMessage(id, message) {
      const given: MessagingSend = typeof message === "string" ? { text: message } : message;
      const { text, attachment = null, clientId, signal, onProgress } = given;
      const fields = { text, ...(clientId !== undefined && { client_id: clientId }) };
      return http.request({
        method: "POST",
        path: `${base}/conversations/${id}/messages/`,
        body: attachment ? formOf({ ...fields, attachment }) : fields,
        ...(signal && { signal }),
        ...(attachment && onProgress && { onProgress }),
      });
    },
    getMessagesWithUser: (userId, params = {}) => get("messages/", { user_id: userId, ...params }),
    getUnreadMessagesCount: (userId) => get(`messages/user/${userId}/unread/`),
    getUnreadCount: () => get("unread-count/"),
  };
}
