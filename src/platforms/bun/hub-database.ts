import type { Database } from "bun:sqlite";
import { uptime } from "node:os";
import { createHubJournal } from "./hub-journal.ts";
import type { HubKeeper } from "./hub-keeper.ts";
import { createSqliteHubStore, hubSchema } from "./sqlite-hub-store.ts";
import { createWriteGate } from "./write-gate.ts";

/** A checkpoint waits for the disk, and everything else for it: rarely is better than small. */
const pragmas = [
  "locking_mode = EXCLUSIVE",
  "journal_mode = WAL",
  "synchronous = NORMAL",
  "wal_autocheckpoint = 10000",
];

/** Keeps all hubs of this process in one file, which no other process may have open. */
export function openHubDatabase(
  database: Database,
  clock: { now(): number },
  { chapterLength }: { chapterLength?: number } = {},
): HubKeeper {
  for (const pragma of pragmas) database.run(`PRAGMA ${pragma}`);
  database.run(hubSchema);
  const journal = createHubJournal(database, chapterLength);
  startNewEpochsAfterPowerCut(database);
  const open = new Map<object, (error: unknown) => void>();
  const gate = createWriteGate(database, {
    beforeCommit: journal.seal,
    onLoss(error) {
      journal.lose();
      for (const onLoss of open.values()) onLoss(error);
    },
  });

  function settleAll(): void {
    gate.open();
    journal.settleAll();
    gate.flush();
  }

  return {
    isAlone: true,
    async open(userId, onLoss) {
      const store = createSqliteHubStore({ database, gate, journal, userId, now: clock.now() });
      open.set(store, onLoss);
      const forget = (): void => {
        open.delete(store);
        store.giveUp();
      };
      return { store, gate, giveUp: forget, rest: forget };
    },
    async unsettled() {
      settleAll();
      const rows = database.query<{ user_id: number }, []>(unsettled).all();
      return rows.map((row) => row.user_id);
    },
    async close() {
      settleAll();
      database.run("UPDATE run SET is_clean = 1");
      database.close();
    },
  };
}

const unsettled = `
  SELECT user_id FROM hubs
  WHERE memory ->> 'isOnline' OR memory ->> 'retryAt' IS NOT NULL OR NOT memory ->> 'lastSeenSaved'
    OR memory -> 'owed' <> '[]' OR memory -> 'untold' <> '[]'`;

/** Clocks are set right by so much. */
const sameBootMs = 60_000;

/**
 * What was written outlives the process at once, but the machine only a little later. After a power cut the newest
 * numbers may be gone, and must not be given to other events (HUB-2).
 */
function startNewEpochsAfterPowerCut(database: Database): void {
  const bootedAt = Math.round(Date.now() - uptime() * 1_000);
  const first =
    "CREATE TABLE IF NOT EXISTS run (booted_at INTEGER NOT NULL, is_clean INTEGER NOT NULL)";
  database.run(first);
  type Row = { booted_at: number; is_clean: number };
  const last = database.query<Row, []>("SELECT booted_at, is_clean FROM run").get();
  const wasCut = last && !last.is_clean && Math.abs(last.booted_at - bootedAt) > sameBootMs;
  database.transaction(() => {
    if (wasCut) database.run("UPDATE hubs SET epoch = lower(hex(randomblob(6)))");
    database.run("DELETE FROM run");
    database.run("INSERT INTO run VALUES (?, 0)", [bootedAt]);
  })();
}
