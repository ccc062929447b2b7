import type { Database } from "bun:sqlite";

export type Binding = string | number;

/** What can be written of a hub; the first parameter is the user's id. All of them again, in order, change nothing. */
const statements = {
  epoch: "UPDATE hubs SET epoch = ?2, born_at = ?3 WHERE user_id = ?1",
  memory: "UPDATE hubs SET memory = ?2 WHERE user_id = ?1",
  event: "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?)",
  prune: "DELETE FROM events WHERE user_id = ? AND number <= ?",
  clear: "DELETE FROM events WHERE user_id = ?",
  conversation: "INSERT OR REPLACE INTO conversations VALUES (?, ?, ?, ?)",
  forget: "DELETE FROM conversations WHERE user_id = ?",
  partner: "INSERT OR REPLACE INTO partners VALUES (?, ?, ?, ?, ?)",
} as const;

export type WriteName = keyof typeof statements;
type Write = [name: WriteName, userId: number, ...rest: Binding[]];

// An id is never given to a second row: a cut names the last that goes.
const schema =
  "CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, writes TEXT NOT NULL)";

/** Writes that name one row have its id as their second parameter. */
const rowWrites = new Set<WriteName>(["conversation", "partner"]);
/** Their last parameter is JSON, which goes into the journal as it is. */
const jsonWrites = new Set<WriteName>(["event", "memory", "partner"]);

/** A hub that has written more than this has it carried out. */
const mostOfHub = 256;
/** Of a chapter of the journal, in UTF-16 units; then all that it has is carried out, a part in each turn, and removed. */
const usualLength = 4 * 1024 * 1024;
/** More in each turn than it brings, so that it comes to an end. */
const [leastOfTurn, timesTurn] = [8, 2];

/**
 * What hubs write lands in one place, one row for each turn, and is carried out later, many writes of one hub at a time:
 * SQLite writes whole pages, and every hub has its own. After a crash it is carried out from the journal.
 */
export interface HubJournal {
  note(...write: Write): void;
  /** Carries out what was noted of the hub, so that its tables can be read. The gate must be open. */
  settle(userId: number): void;
  settleAll(): void;
  /** Whether the hub's tables say all that was noted; throws where this turn's transaction is gone. */
  isSettled(userId: number): boolean;
  /** Puts what this turn noted into the transaction that is about to be committed. */
  seal(): void;
  /** The transaction was rolled back, and what was carried out in it. */
  lose(): void;
}

export function createHubJournal(database: Database, chapterLength = usualLength): HubJournal {
  database.run(schema);
  database.transaction(() => replay(database))();
  const tables = createTables(database);
  let turn: string[] = [];
  /** Since the last cut began. */
  let length = 0;
  let cut: Cut | null = null;

  function write(writes: string): void {
    const insert = database.query("INSERT INTO journal (writes) VALUES (?)");
    const { lastInsertRowid: lastRow } = insert.run(writes);
    length += writes.length;
    if (cut || length < chapterLength) return;
    cut = { lastRow, unsettled: tables.unsettled() };
    length = 0;
  }

  function goOnCutting({ lastRow, unsettled }: Cut, most: number): void {
    let left = most;
    while (left > 0 && unsettled.length > 0) left -= tables.settle(unsettled.pop()!);
    if (unsettled.length > 0) return;
    database.query("DELETE FROM journal WHERE id <= ?").run(lastRow);
    cut = null;
  }

  return {
    ...tables,
    settle: (userId) => void tables.settle(userId),
    note(...noted) {
      turn.push(encode(noted));
      tables.note(noted);
    },
    seal() {
      if (turn.length > 0) write(`[${turn.join(",")}]`);
      if (cut) goOnCutting(cut, leastOfTurn + timesTurn * turn.length);
      turn = [];
      tables.sealed();
    },
    lose() {
      [turn, length, cut] = [[], 0, null];
      tables.lose();
    },
  };
}

/** The tables, and what of the journal is not in them yet. */
function createTables(database: Database) {
  const pending = createPending();
  /** What was carried out may be gone again. */
  let isStale = false;
  /** Something was carried out in this turn's transaction. */
  let isTouched = false;

  function touch(): void {
    isTouched = true;
    if (isStale) replay(database);
    isStale = false;
  }

  function settle(userId: number): number {
    touch();
    const count = carryOut(database, pending.of(userId));
    pending.drop(userId);
    return count;
  }

  return {
    note(write: Write) {
      if (pending.add(write) > mostOfHub) settle(write[1]);
    },
    settle,
    settleAll() {
      touch();
      for (const userId of pending.userIds()) settle(userId);
    },
    isSettled(userId: number) {
      if (isTouched && !database.inTransaction) throw new Error("the transaction is gone");
      return !isStale && !pending.has(userId);
    },
    unsettled: pending.userIds,
    sealed() {
      isTouched = false;
    },
    lose() {
      [isStale, isTouched] = [true, false];
      pending.clear();
    },
  };
}

function encode(write: Write): string {
  if (!jsonWrites.has(write[0])) return JSON.stringify(write);
  const rest = JSON.stringify(write.slice(0, -1));
  return `${rest.slice(0, -1)},${write.at(-1)}]`;
}

/** Some of what an older version wrote is text where this one writes JSON. */
function decode(writes: string): Write[] {
  return (JSON.parse(writes) as [WriteName, number, ...unknown[]][]).map(
    (write) =>
      write.map((part) => (typeof part === "object" ? JSON.stringify(part) : part)) as Write,
  );
}

/** Answers how many. */
function carryOut(database: Database, writes: Write[]): number {
  for (const [name, ...bindings] of writes) database.query(statements[name]).run(...bindings);
  return writes.length;
}

/** What the last process, or a transaction that failed, left behind. */
function replay(database: Database): void {
  const rows = database.query<{ writes: string }, []>("SELECT writes FROM journal ORDER BY id");
  for (const { writes } of rows.all()) carryOut(database, decode(writes));
  database.run("DELETE FROM journal");
}

/** The older part of the journal goes, once all that it has is carried out. */
interface Cut {
  lastRow: number | bigint;
  unsettled: number[];
}

/** What was noted and not carried out yet, by hub. */
function createPending() {
  const hubs = new Map<number, Noted>();

  return {
    /** Answers how many of the hub wait. */
    add(write: Write): number {
      const [, userId] = write;
      let noted = hubs.get(userId);
      if (!noted) hubs.set(userId, (noted = createNoted()));
      return noted.add(write);
    },
    of: (userId: number): Write[] => hubs.get(userId)?.all() ?? [],
    drop: (userId: number) => void hubs.delete(userId),
    has: (userId: number): boolean => hubs.has(userId),
    userIds: (): number[] => [...hubs.keys()],
    clear: () => hubs.clear(),
  };
}

type Noted = ReturnType<typeof createNoted>;

/** What one hub wrote, in the order in which it came: of writes to the same row the last. */
function createNoted() {
  const writes: (Write | null)[] = [];
  const places = new Map<WriteName, Map<Binding, number>>();

  function leaveOut([name, , row]: Write): void {
    const known = places.get(name) ?? new Map<Binding, number>();
    places.set(name, known);
    const key = rowWrites.has(name) ? row! : 0;
    const before = known.get(key);
    if (before !== undefined) writes[before] = null;
    known.set(key, writes.length);
  }

  return {
    add(write: Write): number {
      // Every event has a number of its own.
      if (write[0] !== "event") leaveOut(write);
      return writes.push(write);
    },
    all: (): Write[] => writes.filter((write) => write !== null),
  };
}
