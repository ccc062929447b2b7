/** The JSON examples of the SSE chat API's document, as it prints them. */

interface ChatUser {
  id: number;
  username: string;
  full_name: string;
  avatar: string | null;
  is_online: boolean;
}

export interface ConversationRow {
  conversation_id: number;
  other_user: ChatUser;
  last_message: string;
  last_message_at: string;
  last_message_by_me: boolean;
  unread_count: number;
  updated_at: string;
}

export interface SentMessage {
  id: number;
  sender: number;
  sender_name: string;
  receiver: number;
  receiver_name: string;
  message: string;
  attachment: string | null;
  attachment_url: string | null;
  is_read: boolean;
  read_at: string | null;
  delivered_at: string | null;
  timestamp: string;
}

export interface HistoryMessage extends SentMessage {
  sender_username: string;
  sender_avatar: string | null;
  receiver_username: string;
  receiver_avatar: string | null;
  conversation: number;
  attachment_type: string | null;
}

export interface History {
  conversation_id: number | null;
  other_user: ChatUser;
  messages: HistoryMessage[];
  has_more: boolean;
}

export interface Marked {
  success: boolean;
  marked_count: number;
  read_at: string;
}

export interface UnreadCount {
  total_unread: number;
  conversations: {
    conversation_id: number;
    unread_count: number;
    other_user_id: number;
    other_user_name: string;
  }[];
}

export interface OnlineUsers {
  online_users: number[];
}

const john: ChatUser = {
  id: 123,
  username: "john_doe",
  full_name: "John Doe",
  avatar: "https://s3.amazonaws.com/avatars/john.jpg",
  is_online: true,
};

export const conversations: ConversationRow[] = [
  {
    conversation_id: 1,
    other_user: john,
    last_message: "Hey, how are you?",
    last_message_at: "2026-01-09T10:30:00Z",
    last_message_by_me: false,
    unread_count: 3,
    updated_at: "2026-01-09T10:30:00Z",
  },
];

export const history: History = {
  conversation_id: 1,
  other_user: john,
  messages: [
    {
      id: 456,
      sender: 789,
      sender_name: "Jane Smith",
      sender_username: "jane_smith",
      sender_avatar: "https://s3.amazonaws.com/avatars/jane.jpg",
      receiver: 123,
      receiver_name: "John Doe",
      receiver_username: "john_doe",
      receiver_avatar: "https://s3.amazonaws.com/avatars/john.jpg",
      conversation: 1,
      message: "Hello! How are you?",
      attachment: null,
      attachment_url: null,
      attachment_type: null,
      is_read: true,
      read_at: "2026-01-09T10:31:00Z",
      delivered_at: "2026-01-09T10:30:30Z",
      timestamp: "2026-01-09T10:30:00Z",
    },
  ],
  has_more: false,
};

export const sent: SentMessage = {
  id: 456,
  sender: 789,
  sender_name: "Jane Smith",
  receiver: 123,
  receiver_name: "John Doe",
  message: "Hello! How are you?",
  attachment: null,
  attachment_url: null,
  is_read: false,
  read_at: null,
  delivered_at: null,
  timestamp: "2026-01-09T10:30:00Z",
};

export const marked: Marked = {
  success: true,
  marked_count: 3,
  read_at: "2026-01-09T10:35:00Z",
};

export const typed = { success: true };

export const unreadCount: UnreadCount = {
  total_unread: 42,
  conversations: [
    { conversation_id: 1, unread_count: 5, other_user_id: 123, other_user_name: "John Doe" },
    { conversation_id: 2, unread_count: 37, other_user_id: 456, other_user_name: "Jane Smith" },
  ],
};

export const onlineUsers: OnlineUsers = { online_users: [123, 456, 789] };

export const events = {
  connected: { status: "connected", user_id: 789 },
  message: {
    id: 456,
    sender_id: 123,
    sender_name: "John Doe",
    receiver_id: 789,
    message: "Hello!",
    attachment: null,
    attachment_type: null,
    timestamp: "2026-01-09T10:30:00Z",
    is_read: false,
    conversation_id: 1,
  },
  typing: { sender_id: 123, sender_name: "John Doe", is_typing: true },
  read_receipt: {
    message_id: 456,
    reader_id: 123,
    reader_name: "John Doe",
    read_at: "2026-01-09T10:35:00Z",
  },
  notification: {
    title: "New Notice",
    message: "Class cancelled tomorrow",
    notification_type: "notice",
  },
  heartbeat: { timestamp: 1736419800.123 },
} as const;

/** The three people of the examples. */
export const people = {
  jane: { id: 789, username: "jane_smith", name: "Jane Smith" },
  john: { id: 123, username: "john_doe", name: "John Doe" },
  mia: { id: 456, username: "mia_park", name: "Mia Park" },
} as const;

/** The document's seven endpoints and its stream. */
export const endpoints = [
  { method: "GET", path: "chats/conversations/" },
  { method: "GET", path: "chats/conversation/123/" },
  { method: "POST", path: "chats/", body: { receiver_id: 123, message: "Hello!" } },
  { method: "POST", path: "chats/mark-read/", body: { sender_id: 123 } },
  { method: "POST", path: "chats/typing/", body: { receiver_id: 123, is_typing: true } },
  { method: "GET", path: "chats/unread-count/" },
  { method: "GET", path: "chats/online-users/" },
  { method: "GET", path: "sse/events/" },
] as const;
