import { newHubMemory, type HubMemory, type HubStore, type Partner } from "../../core/hub-store.ts";
import { createRemembered } from "../../core/remembered.ts";
import { createEpoch } from "../../protocol/cursor.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS hub (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, born_at INTEGER NOT NULL, memory TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS conversations (
    id INTEGER PRIMARY KEY, head_seq INTEGER NOT NULL, unread_version INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS partners (user_id INTEGER PRIMARY KEY, active_at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);
`;

/** Old entries are dropped in groups, so that an append is one write. */
const pruneEvery = 64;

/** A hub's store in its Durable Object's SQLite. */
export function createSqliteHubStore(sql: SqlStorage, now: number): HubStore {
  sql.exec(schema);
  const { begin, ...identity } = createIdentity(sql, now);
  const { clear, ...log } = createLog(sql);
  const { forget, ...conversations } = createConversations(sql);
  return {
    ...identity,
    ...log,
    ...conversations,
    renew(at) {
      begin(at);
      clear();
      forget();
    },
    ...createPartners(sql),
    redeemTicket(id, expiresAt, at) {
      // A minute longer than it holds, as clocks differ.
      sql.exec("DELETE FROM tickets WHERE expires_at < ?", at / 1_000 - 60);
      const insert = "INSERT INTO tickets VALUES (?, ?) ON CONFLICT DO NOTHING";
      return sql.exec(insert, id, expiresAt).rowsWritten > 0;
    },
  };
}

type Identity = Pick<HubStore, "epoch" | "bornAt" | "memory" | "saveMemory"> & {
  begin(now: number): void;
};

function createIdentity(sql: SqlStorage, now: number): Identity {
  const insert = "INSERT INTO hub VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING";
  sql.exec(insert, createEpoch(), now, JSON.stringify(newHubMemory));
  type Row = { epoch: string; born_at: number; memory: string };
  const row = sql.exec<Row>("SELECT * FROM hub").one();
  let { epoch, born_at: bornAt } = row;
  // A hub may be older than the newest of these.
  let memory: HubMemory = { ...newHubMemory, ...(JSON.parse(row.memory) as Partial<HubMemory>) };

  return {
    epoch: () => epoch,
    bornAt: () => bornAt,
    begin(at) {
      [epoch, bornAt] = [createEpoch(), at];
      sql.exec("UPDATE hub SET epoch = ?, born_at = ?", epoch, bornAt);
    },
    memory: () => memory,
    saveMemory(value) {
      memory = value;
      sql.exec("UPDATE hub SET memory = ?", JSON.stringify(value));
    },
  };
}

type Log = Pick<HubStore, "head" | "oldest" | "append" | "entriesAfter"> & { clear(): void };

function createLog(sql: SqlStorage): Log {
  const value = (query: string): number =>
    sql.exec<{ value: number | null }>(query).one().value ?? 0;
  let head = value("SELECT max(number) AS value FROM events");

  return {
    head: () => head,
    clear() {
      head = 0;
      sql.exec("DELETE FROM events");
    },
    oldest: () => value("SELECT min(number) AS value FROM events") || head + 1,
    append(key, event, keep) {
      const body = JSON.stringify(event);
      const insert = "INSERT INTO events VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING";
      if (sql.exec(insert, head + 1, key, body).rowsWritten === 0) return null;
      head += 1;
      if (head % pruneEvery === 0) sql.exec("DELETE FROM events WHERE number <= ?", head - keep);
      return { number: head, body };
    },
    entriesAfter(after, limit) {
      const query = "SELECT number, body FROM events WHERE number > ? ORDER BY number LIMIT ?";
      return sql.exec<{ number: number; body: string }>(query, after, limit).toArray();
    },
  };
}

/** Of a hub's rows. */
const mostRemembered = 256;

type Conversations = Pick<
  HubStore,
  "conversation" | "saveConversation" | "hasConversations" | "unreadVersions"
> & { forget(): void };

function createConversations(sql: SqlStorage): Conversations {
  type Row = { id: number; head_seq: number; unread_version: number };

  const known = createRemembered(mostRemembered, (id) => {
    const [row] = sql.exec<Row>("SELECT * FROM conversations WHERE id = ?", id).toArray();
    return row ? { headSeq: row.head_seq, unreadVersion: row.unread_version } : null;
  });

  return {
    conversation: known.get,
    saveConversation(id, state) {
      const write = "INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)";
      sql.exec(write, id, state.headSeq, state.unreadVersion);
      known.set(id, state);
    },
    forget() {
      sql.exec("DELETE FROM conversations");
      known.clear();
    },
    hasConversations: () => sql.exec("SELECT 1 FROM conversations LIMIT 1").toArray().length > 0,
    unreadVersions() {
      const rows = sql.exec<Row>("SELECT * FROM conversations WHERE unread_version > 0").toArray();
      return rows.map((row) => [row.id, row.unread_version]);
    },
  };
}

type Partners = Pick<HubStore, "partner" | "savePartner" | "partners" | "watchers">;

function createPartners(sql: SqlStorage): Partners {
  const read = (query: string, binding: number): Partner[] =>
    sql
      .exec<{ body: string }>(query, binding)
      .toArray()
      .map((row) => JSON.parse(row.body) as Partner);

  const known = createRemembered(
    mostRemembered,
    (userId) => read("SELECT body FROM partners WHERE user_id = ?", userId)[0] ?? null,
  );

  return {
    partner: known.get,
    savePartner(partner) {
      const { presence, activeAt } = partner;
      const write = "INSERT OR REPLACE INTO partners VALUES (?, ?, ?)";
      sql.exec(write, presence.userId, activeAt, JSON.stringify(partner));
      known.set(presence.userId, partner);
    },
    watchers(now) {
      const query =
        "SELECT user_id FROM partners WHERE json_extract(body, '$.watchUntil') > ? LIMIT 10000";
      return sql
        .exec<{ user_id: number }>(query, now)
        .toArray()
        .map((row) => row.user_id);
    },
    partners: (limit) => read("SELECT body FROM partners ORDER BY active_at DESC LIMIT ?", limit),
  };
}
