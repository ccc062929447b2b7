"use client";

export { chatAPI, configureChat, messagingAPI } from "../client/default-client.ts";
export type { ChatClient, ChatClientOptions } from "../client/chat-client.ts";
export type { ChatUser } from "../client/chat-user.ts";
export type { Notification } from "../client/client-event.ts";
export type { ConnectionState, Transport } from "../client/connection.ts";
export type { ConversationRow } from "../client/conversations.ts";
export type { MessageRow, MessageStatus } from "../client/message-row.ts";
export type { OutgoingMessage, Thread, ThreadState } from "../client/thread.ts";
export type { BubbleShape, RenderAvatar, Theme } from "./appearance.ts";
export { ChatProvider, useChatClient, type ChatProviderProps } from "./chat-provider.tsx";
export { Avatar } from "./components/avatar.tsx";
export {
  ChatButton,
  type ChatButtonProps,
  type ChatButtonSize,
  type ChatButtonVariant,
} from "./components/chat-button.tsx";
export { ChatModal, type ChatModalProps } from "./components/chat-modal.tsx";
export { ChatWindow, type ChatWindowProps } from "./components/chat-window.tsx";
export {
  ConversationsList,
  type ConversationsListProps,
} from "./components/conversations-list.tsx";
export { Inbox, type InboxProps } from "./components/inbox.tsx";
export { UnreadBadge, type UnreadBadgeProps } from "./components/unread-badge.tsx";
export { useFormat, type Format } from "./format.ts";
export type { Person } from "./person.ts";
export type { SSEEvent } from "./sse-event.ts";
export { englishStrings, useStrings, type ChatStrings } from "./strings.ts";
export { useConnection, type UsedConnection } from "./use-connection.ts";
export { useConversations, type UsedConversations } from "./use-conversations.ts";
export { useNotifications } from "./use-notifications.ts";
export { usePresence, type Presence } from "./use-presence.ts";
export { useSSE, type UsedSSE } from "./use-sse.ts";
export { useThread } from "./use-thread.ts";
export { useTyping, type UsedTyping } from "./use-typing.ts";
export { useUnread } from "./use-unread.ts";
export { useViewer } from "./use-viewer.ts";
