import type { HistoryStore } from "../../ports/history-store.ts";
import {
  findConversation,
  listConversations,
  listPartnerIds,
  listUnread,
  openConversation,
} from "./conversations.ts";
import type { Database } from "./database.ts";
import { markDelivered } from "./mark-delivered.ts";
import { markRead } from "./mark-read.ts";
import { listRange, readHistory } from "./read-history.ts";
import { sendMessage } from "./send-message.ts";

export function createPostgresHistoryStore(db: Database): HistoryStore {
  return {
    sendMessage: (message) => sendMessage(db, message),
    listConversations: (userId, page) => listConversations(db, userId, page),
    findConversation: (userId, conversationId) => findConversation(db, userId, conversationId),
    openConversation: (userId, otherUserId) => openConversation(db, userId, otherUserId),
    readHistory: (userId, otherUserId, page) => readHistory(db, { userId, otherUserId }, page),
    markRead: (userId, target) => markRead(db, userId, target),
    markDelivered: (userId, messageIds) => markDelivered(db, userId, messageIds),
    listUnread: (userId) => listUnread(db, userId),
    listRange: (conversationId, range) => listRange(db, conversationId, range),
    listPartnerIds: (userId) => listPartnerIds(db, userId),
  };
}
