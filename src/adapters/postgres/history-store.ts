import type { HistoryStore, NewMessage, SendOutcome } from "../../ports/history-store.ts";
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
import { storeTogether } from "./store-together.ts";

export interface HistoryStoreOptions {
  /** Instead of a statement for each. */
  sendMessage?: HistoryStore["sendMessage"];
  markDelivered?: HistoryStore["markDelivered"];
}

export function createPostgresHistoryStore(
  db: Database,
  options: HistoryStoreOptions = {},
): HistoryStore {
  return {
    sendMessage: (message) => sendSimply(db, message),
    listConversations: (userId, page) => listConversations(db, userId, page),
    findConversation: (userId, conversationId) => findConversation(db, userId, conversationId),
    openConversation: (userId, otherUserId) => openConversation(db, userId, otherUserId),
    readHistory: (userId, otherUserId, page) => readHistory(db, { userId, otherUserId }, page),
    markRead: (userId, target) => markRead(db, userId, target),
    markDelivered: (userId, messageIds) => markDelivered(db, userId, messageIds),
    listUnread: (userId) => listUnread(db, userId),
    listRange: (conversationId, range) => listRange(db, conversationId, range),
    listPartnerIds: (userId) => listPartnerIds(db, userId),
    ...options,
  };
}

/** Most messages need one statement; what it does not take is seen to by a transaction. */
async function sendSimply(db: Database, message: NewMessage): Promise<SendOutcome> {
  const named = { ...message, uuid: crypto.randomUUID() };
  if (message.attachment) return sendMessage(db, named);
  const outcomes = await storeTogether(db.query, [named]);
  return outcomes.get(named.uuid) ?? sendMessage(db, named);
}
