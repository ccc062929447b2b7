import { createContext, useContext } from "react";
import type { MessageStatus } from "../client/message-row.ts";

export type EmojiGroupName =
  | "smileys"
  | "people"
  | "nature"
  | "food"
  | "activities"
  | "travel"
  | "objects"
  | "symbols";

/** Every text that the components show or read out. Replace any of them by `<ChatProvider strings={{ … }}>`. */
export interface ChatStrings {
  /** Heads the list of conversations. */
  messages: string;
  /** Stands before the last message where it is one's own; with its space. */
  youPrefix: string;
  noConversations: string;
  noConversationsHint: string;
  noMatches(query: string): string;
  searchConversations: string;
  conversationsFailed: string;
  loadingConversations: string;
  loadingMore: string;
  /** Stands for the last message where that is a file without text. */
  attachment: string;
  /** Above how many unread ones a badge says `99+`. */
  manyUnread(limit: number): string;
  unreadMessages(count: number): string;
  typing: string;
  isTyping(name: string): string;
  /** Stands for somebody whose name is not known yet. */
  someone: string;

  /** On a button that opens the chat with someone. */
  sendMessage: string;
  /** Read out after the text of such a button. */
  toPerson(name: string): string;
  windowFailed: string;
  chatWith(name: string): string;
  close: string;
  back: string;
  retry: string;
  noConversationSelected: string;
  noConversationSelectedHint: string;

  online: string;
  offline: string;
  lastSeen(when: string): string;
  connected: string;
  connecting: string;
  reconnecting: string;
  disconnected: string;
  noNetwork: string;
  signedOut: string;
  reconnectNow: string;

  loadingMessages: string;
  loadingOlder: string;
  loadOlder: string;
  noMessages: string;
  noMessagesHint(name: string): string;
  historyFailed: string;
  messagesWith(name: string): string;
  newMessages: string;
  jumpToNewest: string;
  newMessagesBelow(count: number): string;
  messageFrom(name: string): string;
  yourMessage: string;
  status: Record<MessageStatus, string>;
  notSent: string;
  discard: string;

  writeMessage: string;
  send: string;
  attachFile: string;
  removeFile(name: string): string;
  dropFile: string;
  fileTooLarge(limit: string): string;
  messageTooLong(limit: number): string;
  charactersLeft(count: number): string;
  emoji: string;
  uploading(percent: string): string;
  image: string;
  video: string;
  audio: string;
  document: string;
  download(name: string): string;
  openImage(name: string): string;

  conversationStart(name: string): string;
  fileEmpty: string;
  fileUnavailable: string;
  cancelUpload: string;
  play: string;
  pause: string;
  position: string;
  dropFiles: string;
  searchEmoji: string;
  noEmoji: string;
  emojiGroups: Record<EmojiGroupName, string>;
}

export const englishStrings: ChatStrings = {
  messages: "Messages",
  youPrefix: "You: ",
  noConversations: "No messages yet",
  noConversationsHint: "When you write to someone, the conversation shows up here.",
  noMatches: (query) => `Nobody here is called “${query}”`,
  searchConversations: "Search by name",
  conversationsFailed: "Your conversations could not be loaded",
  loadingConversations: "Loading conversations...",
  loadingMore: "Loading more...",
  attachment: "Attachment",
  manyUnread: (limit) => `${limit}+`,
  unreadMessages: (count) => (count === 1 ? "1 unread message" : `${count} unread messages`),
  typing: "typing...",
  isTyping: (name) => `${name} is typing`,
  someone: "Someone",

  sendMessage: "Message",
  toPerson: (name) => `to ${name}`,
  windowFailed: "The chat could not be loaded",
  chatWith: (name) => `Chat with ${name}`,
  close: "Close",
  back: "Back to all conversations",
  retry: "Try again",
  noConversationSelected: "Pick a conversation",
  noConversationSelectedHint: "Choose someone to read and write messages.",

  online: "Online",
  offline: "Offline",
  lastSeen: (when) => `Last seen ${when}`,
  connected: "Connected",
  connecting: "Connecting...",
  reconnecting: "Reconnecting...",
  disconnected: "Disconnected",
  noNetwork: "No network",
  signedOut: "Signed out",
  reconnectNow: "Reconnect now",

  loadingMessages: "Loading messages...",
  loadingOlder: "Loading older messages...",
  loadOlder: "Load older messages",
  noMessages: "No messages yet",
  noMessagesHint: (name) => `Say hello to ${name}`,
  historyFailed: "The messages could not be loaded",
  messagesWith: (name) => `Messages with ${name}`,
  newMessages: "New messages",
  jumpToNewest: "Jump to the newest message",
  newMessagesBelow: (count) => (count === 1 ? "1 new message" : `${count} new messages`),
  messageFrom: (name) => `${name}:`,
  yourMessage: "You:",
  status: {
    sending: "Sending",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    failed: "Not sent",
  },
  notSent: "Not sent",
  discard: "Delete",

  writeMessage: "Type a message...",
  send: "Send",
  attachFile: "Attach a file",
  removeFile: (name) => `Remove ${name}`,
  dropFile: "Drop the file to attach it",
  fileTooLarge: (limit) => `Files can have ${limit} at most`,
  messageTooLong: (limit) => `A message can have ${limit} characters at most`,
  charactersLeft: (count) => (count === 1 ? "1 character left" : `${count} characters left`),
  emoji: "Emoji",
  uploading: (percent) => `Uploading, ${percent}`,
  image: "Photo",
  video: "Video",
  audio: "Audio",
  document: "File",
  download: (name) => `Download ${name}`,
  openImage: (name) => `Open ${name}`,

  conversationStart: (name) => `This is where your conversation with ${name} starts`,
  fileEmpty: "The file is empty",
  fileUnavailable: "This file cannot be shown",
  cancelUpload: "Cancel the upload",
  play: "Play",
  pause: "Pause",
  position: "Position",
  dropFiles: "Drop files to attach them",
  searchEmoji: "Search emoji",
  noEmoji: "No emoji found",
  emojiGroups: {
    smileys: "Smileys",
    people: "People",
    nature: "Nature",
    food: "Food",
    activities: "Activities",
    travel: "Travel",
    objects: "Objects",
    symbols: "Symbols",
  },
};

export const StringsContext = createContext<ChatStrings>(englishStrings);

export function useStrings(): ChatStrings {
  return useContext(StringsContext);
}
