import {
  newHubMemory,
  type HubMemory,
  type HubStore,
  type LogEntry,
  type Partner,
} from "../../core/hub-store.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS hub (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, born_at INTEGER NOT NULL,
    memory TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS conversations (id INTEGER PRIMARY KEY, head_seq INTEGER NOT NULL,
    unread_version INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS partners (user_id INTEGER PRIMARY KEY, active_at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);
`;

/** Old entries are dropped in groups, so that an append is one write. */
const pruneEvery = 64;

/** A hub's store in its Durable Object's SQLite. */
export function createSqliteHubStore(sql: SqlStorage, now: number): HubStore {
  sql.exec(schema);
  const epoch = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
  const first = "INSERT INTO hub VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING";
  sql.exec(first, epoch, now, JSON.stringify(newHubMemory));
  const row = sql.exec<{ epoch: string; born_at: number; memory: string }>("SELECT * FROM hub").one();
  let memory = JSON.parse(row.memory) as HubMemory;
  let head = number(sql, "SELECT coalesce(max(number), 0) AS value FROM events");

  return {
    epoch: row.epoch,
    bornAt: row.born_at,
    head: () => head,
    oldest: () => number(sql, "SELECT min(number) AS value FROM events") || head + 1,
    append(key, event, keep) {
      const body = JSON.stringify(event);
      const insert = "INSERT INTO events VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING";
      if (sql.exec(insert, head + 1, key, body).rowsWritten === 0) return null;
      head += 1;
      if (head % pruneEvery === 0) sql.exec("DELETE FROM events WHERE number <= ?", head - keep);
      return { number: head, body };
    },
    entriesAfter: (after, limit) =>
      sql
        .exec<Row<LogEntry>>("SELECT number, body FROM events WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        .toArray(),
    conversation(id) {
      const query = "SELECT head_seq AS headSeq, unread_version AS unreadVersion FROM conversations WHERE id = ?";
      return sql.exec<{ headSeq: number; unreadVersion: number }>(query, id).toArray()[0] ?? null;
    },
    saveConversation(id, { headSeq, unreadVersion }) {
      sql.exec("INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)", id, headSeq, unreadVersion);
    },
    unreadVersions: () =>
      [...sql.exec("SELECT id, unread_version FROM conversations WHERE unread_version > 0").raw()] as [number, number][],
    partner(userId) {
      const rows = sql.exec<{ body: string }>("SELECT body FROM partners WHERE user_id = ?", userId).toArray();
      return rows[0] ? (JSON.parse(rows[0].body) as Partner) : null;
    },
    savePartner(partner) {
      const { userId } = partner.presence;
      sql.exec("INSERT OR REPLACE INTO partners VALUES (?, ?, ?)", userId, partner.activeAt, JSON.stringify(partner));
    },
    partners: (limit) =>
      sql
        .exec<{ body: string }>("SELECT body FROM partners ORDER BY active_at DESC LIMIT ?", limit)
        .toArray()
        .map((each) => JSON.parse(each.body) as Partner),
    memory: () => memory,
    saveMemory(value) {
      memory = value;
      sql.exec("UPDATE hub SET memory = ?", JSON.stringify(value));
    },
    redeemTicket(id, expiresAt, at) {
      sql.exec("DELETE FROM tickets WHERE expires_at < ?", at / 1_000);
      return sql.exec("INSERT INTO tickets VALUES (?, ?) ON CONFLICT DO NOTHING", id, expiresAt).rowsWritten > 0;
    },
  };
}

type Row<T> = { [K in keyof T]: T[K] & SqlStorageValue };

function number(sql: SqlStorage, query: string): number {
  return sql.exec<{ value: number | null }>(query).one().value ?? 0;
}
