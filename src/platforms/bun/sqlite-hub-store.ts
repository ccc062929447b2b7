import type { Database } from "bun:sqlite";
import {
  newHubMemory,
  type ConversationState,
  type HubMemory,
  type HubStore,
  type Partner,
} from "../../core/hub-store.ts";
import { createRemembered } from "../../core/remembered.ts";
import { createEpoch } from "../../protocol/cursor.ts";
import type { Binding, HubJournal, WriteName } from "./hub-journal.ts";
import type { WriteGate } from "./write-gate.ts";

export const hubSchema = `
  CREATE TABLE IF NOT EXISTS hubs (
    user_id INTEGER PRIMARY KEY, epoch TEXT NOT NULL, born_at INTEGER NOT NULL, memory TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (
    user_id INTEGER NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (user_id, number)) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS event_keys ON events (user_id, key);
  CREATE TABLE IF NOT EXISTS conversations (
    user_id INTEGER NOT NULL, id INTEGER NOT NULL, head_seq INTEGER NOT NULL, unread_version INTEGER NOT NULL,
    PRIMARY KEY (user_id, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS partners (
    user_id INTEGER NOT NULL, partner_id INTEGER NOT NULL, active_at INTEGER NOT NULL, watch_until INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (user_id, partner_id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tickets (
    user_id INTEGER NOT NULL, id TEXT NOT NULL, expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, id)) WITHOUT ROWID;
`;

/** Old entries are dropped in groups, so that an append is one write. */
const pruneEvery = 64;

export interface SqliteHubStoreOptions {
  database: Database;
  gate: WriteGate;
  journal: HubJournal;
  userId: number;
  now: number;
}

export interface SqliteHubStore extends HubStore {
  /** From now on it takes nothing: what its hub still remembers may not be what the file says. */
  giveUp(): void;
}

/** One hub's rows in the file that all hubs of this process share. */
export function createSqliteHubStore(options: SqliteHubStoreOptions): SqliteHubStore {
  const rows = createRows(options);
  const { begin, ...identity } = createIdentity(rows, options.now);
  const { clear, ...log } = createLog(rows);
  const { forget, ...conversations } = createConversations(rows);
  return {
    giveUp: rows.giveUp,
    ...identity,
    ...log,
    ...conversations,
    renew(at) {
      begin(at);
      clear();
      forget();
    },
    ...createPartners(rows),
    redeemTicket(id, expiresAt, at) {
      // A minute longer than it holds, as clocks differ.
      rows.run("DELETE FROM tickets WHERE user_id = ? AND expires_at < ?", at / 1_000 - 60);
      const insert = "INSERT INTO tickets VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
      return rows.run(insert, id, expiresAt) > 0;
    },
  };
}

/** The first parameter of all SQL is the user's id. */
interface Rows {
  all<Row>(query: string, ...bindings: Binding[]): Row[];
  /** Writes what is read rarely, and later; see the journal. */
  write(name: WriteName, ...bindings: Binding[]): void;
  /** Writes at once what no journal knows. Answers how many rows it changed. */
  run(query: string, ...bindings: Binding[]): number;
  giveUp(): void;
}

function createRows({ database, gate, journal, userId }: SqliteHubStoreOptions): Rows {
  let isGivenUp = false;

  function open(): void {
    if (isGivenUp) throw new Error("this hub was given up");
    gate.open();
  }

  return {
    all<Row>(query: string, ...bindings: Binding[]) {
      if (!journal.isSettled(userId)) {
        gate.open();
        journal.settle(userId);
      }
      return database.query<Row, Binding[]>(query).all(userId, ...bindings);
    },
    write(name, ...bindings) {
      open();
      journal.note(name, userId, ...bindings);
    },
    run(query, ...bindings) {
      open();
      return database.query(query).run(userId, ...bindings).changes;
    },
    giveUp() {
      isGivenUp = true;
    },
  };
}

/** Of a hub's rows. */
const mostRemembered = 1_000;

type Identity = Pick<HubStore, "epoch" | "bornAt" | "memory" | "saveMemory"> & {
  begin(now: number): void;
};

function createIdentity(rows: Rows, now: number): Identity {
  type Row = { epoch: string; born_at: number; memory: string };
  const query = "SELECT epoch, born_at, memory FROM hubs WHERE user_id = ?";
  const read = (): Row | undefined => rows.all<Row>(query)[0];
  const row = read() ?? create();
  let { epoch, born_at: bornAt } = row;
  // A hub may be older than the newest of these.
  let memory: HubMemory = { ...newHubMemory, ...(JSON.parse(row.memory) as Partial<HubMemory>) };

  function create(): Row {
    const epoch = createEpoch();
    const first = { epoch, born_at: now, memory: JSON.stringify(newHubMemory) };
    rows.run("INSERT INTO hubs VALUES (?, ?, ?, ?)", epoch, now, first.memory);
    return first;
  }

  return {
    epoch: () => epoch,
    bornAt: () => bornAt,
    begin(at) {
      [epoch, bornAt] = [createEpoch(), at];
      rows.write("epoch", epoch, bornAt);
    },
    memory: () => memory,
    saveMemory(value) {
      memory = value;
      rows.write("memory", JSON.stringify(value));
    },
  };
}

/** The newest message in the log: a newer one is not in it, and need not be looked up. */
const newestMessage = `
  SELECT max(CAST(substr(key, 9) AS INTEGER)) AS number FROM events
  WHERE user_id = ? AND key >= 'message:' AND key < 'message;'`;

/** 0 for the key of something else. */
function messageOf(key: string): number {
  return key.startsWith("message:") ? Number(key.slice(8)) : 0;
}

type Log = Pick<HubStore, "head" | "oldest" | "append" | "entriesAfter"> & { clear(): void };

function createLog(rows: Rows): Log {
  const number = (query: string): number =>
    rows.all<{ number: number | null }>(query)[0]?.number ?? 0;
  let head = number("SELECT max(number) AS number FROM events WHERE user_id = ?");
  let newest = number(newestMessage);

  function has(key: string): boolean {
    const query = "SELECT 1 FROM events WHERE user_id = ? AND key = ?";
    return rows.all(query, key).length > 0;
  }

  return {
    head: () => head,
    clear() {
      [head, newest] = [0, 0];
      rows.write("clear");
    },
    oldest: () => number("SELECT min(number) AS number FROM events WHERE user_id = ?") || head + 1,
    append(key, event, keep) {
      const message = messageOf(key);
      if (message <= newest && has(key)) return null;
      newest = Math.max(newest, message);
      const body = JSON.stringify(event);
      rows.write("event", head + 1, key, body);
      head += 1;
      if (head % pruneEvery === 0) rows.write("prune", head - keep);
      return { number: head, body };
    },
    entriesAfter(after, limit) {
      const query =
        "SELECT number, body FROM events WHERE user_id = ? AND number > ? ORDER BY number LIMIT ?";
      return rows.all(query, after, limit);
    },
  };
}

type Conversations = Pick<
  HubStore,
  "conversation" | "saveConversation" | "hasConversations" | "unreadVersions"
> & { forget(): void };

function createConversations(rows: Rows): Conversations {
  type Row = { id: number; head_seq: number; unread_version: number };
  const fields = "SELECT id, head_seq, unread_version FROM conversations WHERE user_id = ?";
  const remembered = createRemembered(mostRemembered, read);

  function read(id: number): ConversationState | null {
    const [row] = rows.all<Row>(`${fields} AND id = ?`, id);
    return row ? { headSeq: row.head_seq, unreadVersion: row.unread_version } : null;
  }

  return {
    conversation: remembered.get,
    saveConversation(id, { headSeq, unreadVersion }) {
      rows.write("conversation", id, headSeq, unreadVersion);
      remembered.set(id, { headSeq, unreadVersion });
    },
    forget() {
      remembered.clear();
      rows.write("forget");
    },
    hasConversations: () => rows.all(`${fields} LIMIT 1`).length > 0,
    unreadVersions: () =>
      rows.all<Row>(`${fields} AND unread_version > 0`).map((row) => [row.id, row.unread_version]),
  };
}

type Partners = Pick<HubStore, "partner" | "savePartner" | "partners" | "watchers">;

function createPartners(rows: Rows): Partners {
  const read = (rest: string, binding: number): Partner[] =>
    rows
      .all<{ body: string }>(`SELECT body FROM partners WHERE user_id = ? ${rest}`, binding)
      .map((row) => JSON.parse(row.body) as Partner);

  const remembered = createRemembered(
    mostRemembered,
    (userId) => read("AND partner_id = ?", userId)[0] ?? null,
  );

  return {
    partner: remembered.get,
    savePartner(partner) {
      const { presence, activeAt, watchUntil } = partner;
      rows.write("partner", presence.userId, activeAt, watchUntil, JSON.stringify(partner));
      remembered.set(presence.userId, partner);
    },
    watchers(now) {
      const query =
        "SELECT partner_id FROM partners WHERE user_id = ? AND watch_until > ? LIMIT 10000";
      return rows.all<{ partner_id: number }>(query, now).map((row) => row.partner_id);
    },
    partners: (limit) => read("ORDER BY active_at DESC LIMIT ?", limit),
  };
}
