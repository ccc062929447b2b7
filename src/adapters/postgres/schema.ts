import { isNotNull } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { AnyPgColumn, PgTimestampBuilderInitial } from "drizzle-orm/pg-core";

/** Milliseconds are all that a client sees, so they are all that is stored: a time sent back to us compares equal. */
function time(): PgTimestampBuilderInitial<""> {
  return timestamp({ withTimezone: true, precision: 3 });
}

function id() {
  return bigint({ mode: "number" });
}

function ref(column: () => AnyPgColumn) {
  return id().references(column, { onDelete: "cascade" });
}

export const users = pgTable("users", {
  // Ids of our own start far above those that a host application brings along, so that neither takes the other's.
  id: id().primaryKey().generatedByDefaultAsIdentity({ startWith: 1_000_000_000_001 }),
  externalId: text().notNull().unique("users_external_id_unique"),
  username: text().notNull(),
  fullName: text().notNull().default(""),
  avatar: text(),
  lastSeenAt: time(),
  createdAt: time().notNull().defaultNow(),
});

export const accounts = pgTable("accounts", {
  userId: ref(() => users.id).primaryKey(),
  /** The username in lower case. */
  usernameKey: text().notNull().unique("accounts_username_key_unique"),
  passwordHash: text().notNull(),
});

export const conversations = pgTable("conversations", {
  id: id().primaryKey().generatedByDefaultAsIdentity(),
  kind: text({ enum: ["direct"] }).notNull(),
  /** `<lower user id>:<higher user id>` of a direct conversation. */
  directKey: text().unique("conversations_direct_key_unique"),
  headSeq: id().notNull().default(0),
  lastMessage: text(),
  lastMessageAt: time(),
  // Not a foreign key: a conversation outlives who wrote to it last.
  lastMessageBy: id(),
  createdAt: time().notNull().defaultNow(),
  updatedAt: time().notNull().defaultNow(),
});

export const conversationMembers = pgTable(
  "conversation_members",
  {
    conversationId: ref(() => conversations.id).notNull(),
    userId: ref(() => users.id).notNull(),
    unreadCount: integer().notNull().default(0),
    unreadVersion: id().notNull().default(0),
    /** Nothing up to here is unread; what is unread lies above, between what may be read. */
    readSeq: id().notNull().default(0),
    /** When this member opened it; an empty conversation is there for those who did. */
    openedAt: time(),
    // The last mark-read that changed something, so that its own second try knows what the first one did.
    markId: uuid(),
    markedAt: time(),
    /** What it marked lies above this seq. */
    markedAbove: id(),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.userId] }),
    index().on(table.userId),
  ],
);

export const attachments = pgTable("attachments", {
  id: text().primaryKey(),
  ownerId: ref(() => users.id).notNull(),
  kind: text({ enum: ["image", "video", "audio", "document"] }).notNull(),
  name: text().notNull(),
  contentType: text().notNull(),
  size: id().notNull(),
  digest: text().notNull(),
  createdAt: time().notNull().defaultNow(),
});

/** Files without a message: noted before they are stored, and gone with the commit of the message that takes them. */
export const uploads = pgTable(
  "uploads",
  {
    id: text().primaryKey(),
    removeAfter: time().notNull(),
    /** It may be removed at any moment, so no message takes it any more. */
    isGivenUp: boolean().notNull().default(false),
  },
  (table) => [index().on(table.removeAfter)],
);

// No index knows delivered_at or read_at, not even in its condition: so marking a message rewrites it in place (HOT)
// and touches no index. Unread messages are found above conversation_members.read_seq instead.
export const messages = pgTable(
  "messages",
  {
    /** Drawn under the conversation's lock, so within a conversation ids grow as seq does. */
    id: id().primaryKey().generatedByDefaultAsIdentity(),
    uuid: uuid().notNull().unique().defaultRandom(),
    conversationId: ref(() => conversations.id).notNull(),
    seq: id().notNull(),
    senderId: ref(() => users.id).notNull(),
    clientId: text(),
    body: text().notNull(),
    attachmentId: text().references(() => attachments.id, { onDelete: "cascade" }),
    createdAt: time().notNull().defaultNow(),
    deliveredAt: time(),
    readAt: time(),
  },
  (table) => [
    unique("messages_conversation_id_seq_unique").on(table.conversationId, table.seq),
    unique("messages_sender_id_client_id_unique").on(table.senderId, table.clientId),
    index("messages_attachment_id_index")
      .on(table.attachmentId)
      .where(isNotNull(table.attachmentId)),
  ],
);
