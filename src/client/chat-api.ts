import type { ChatMessage } from "../protocol/chat-message.ts";
import type { ChatUser } from "./chat-user.ts";
import type { Http, HttpAnswer, HttpRequest } from "./http.ts";

/** Someone as the lists of the SSE chat API show them. */
export type ListedUser = Omit<ChatUser, "last_seen">;

export interface ConversationSummary {
  conversation_id: number;
  other_user: ListedUser;
  last_message: string | null;
  last_message_at: string | null;
  last_message_by_me: boolean;
  unread_count: number;
  updated_at: string;
}

export interface MessageHistory {
  /** Null as long as the two have not written to each other. */
  conversation_id: number | null;
  other_user: ListedUser;
  /** Newest first. */
  messages: ChatMessage[];
  has_more: boolean;
}

export interface Marked {
  success: true;
  marked_count: number;
  read_at: string;
}

export interface UnreadSummary {
  total_unread: number;
  conversations: {
    conversation_id: number;
    unread_count: number;
    other_user_id: number;
    other_user_name: string;
  }[];
}

/** At most 100 at once, 50 unless said; `before_id` reads on from there. */
export interface HistoryParams {
  limit?: number;
  offset?: number;
  before_id?: number;
}

/** Without a limit the list is complete; `cursor` is in the `Link` header of the page before. */
export interface ConversationParams {
  limit?: number;
  cursor?: string;
}

export interface SendOptions extends Pick<HttpRequest, "signal" | "onProgress"> {
  /** The same for each try: it is stored once. */
  clientId?: string;
}

/** The SSE chat API by its documented names. Each call rejects with `ApiError`. */
export interface ChatAPI {
  getConversations(params?: ConversationParams): Promise<HttpAnswer<ConversationSummary[]>>;
  getMessages(userId: number, params?: HistoryParams): Promise<HttpAnswer<MessageHistory>>;
  sendMessage(
    receiverId: number,
    message: string,
    attachment?: File | null,
    options?: SendOptions,
  ): Promise<HttpAnswer<ChatMessage>>;
  markAsRead(conversationId: number): Promise<HttpAnswer<Marked>>;
  /** Only these, whatever came after them. */
  markMessagesAsRead(messageIds: readonly number[]): Promise<HttpAnswer<Marked>>;
  sendTyping(receiverId: number, isTyping: boolean): Promise<HttpAnswer<{ success: true }>>;
  getUnreadCount(): Promise<HttpAnswer<UnreadSummary>>;
  getOnlineUsers(): Promise<HttpAnswer<{ online_users: number[] }>>;
}

const base = "/api/v1/communication/chats";

export function createChatAPI(http: Http): ChatAPI {
  const get = <T>(path: string, query: HttpRequest["query"] = {}): Promise<HttpAnswer<T>> =>
    http.request({ method: "GET", path: `${base}/${path}`, query });
  const post = <T>(path: string, body: object): Promise<HttpAnswer<T>> =>
    http.request({ method: "POST", path: `${base}/${path}`, body });

  return {
    getConversations: (params = {}) => get("conversations/", { ...params }),
    getMessages: (userId, params = {}) => get(`conversation/${userId}/`, { ...params }),
    // oxlint-disable-next-line max-params -- as documented
    sendMessage(receiverId, message, attachment = null, options = {}) {
      const { clientId, signal, onProgress } = options;
      const fields = {
        receiver_id: receiverId,
        message,
        ...(clientId !== undefined && { client_id: clientId }),
      };
      const body = attachment ? formOf({ ...fields, attachment }) : fields;
      return http.request({
        method: "POST",
        path: `${base}/`,
        body,
        ...(signal && { signal }),
        ...(attachment && onProgress && { onProgress }),
      });
    },
    markAsRead: (conversationId) => post("mark-read/", { conversation_id: conversationId }),
    markMessagesAsRead: (messageIds) => post("mark-read/", { message_ids: messageIds }),
    sendTyping: (receiverId, isTyping) =>
      post("typing/", { receiver_id: receiverId, is_typing: isTyping }),
    getUnreadCount: () => get("unread-count/"),
    getOnlineUsers: () => get("online-users/"),
  };
}

/** The file comes last, so that the server knows what it is for before its bytes arrive. */
export function formOf(fields: Record<string, string | number | File>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof File) form.append(name, value, value.name);
    else form.append(name, String(value));
  }
  return form;
}
