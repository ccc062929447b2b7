import type { Database } from "bun:sqlite";

/** Keeps what one turn of the event loop writes as a whole, and holds back what is said until then (HUB-3). */
export interface WriteGate {
  /** Begins the transaction that every write of this turn shares. */
  open(): void;
  /** Does the work once everything written so far is kept: at once, in order, when nothing waits to be. */
  afterwards(work: () => void): void;
  /** Settles with what was written so far. */
  kept(): Promise<void>;
  /** Keeps now what waits to be. */
  flush(): void;
}

export interface WriteGateOptions {
  /** Nothing of this turn was kept, whoever remembers it is wrong, and what was to be said is not. */
  onLoss?: (error: unknown) => void;
  /** Adds to the transaction what belongs to it. */
  beforeCommit?: () => void;
}

export function createWriteGate(
  database: Database,
  { onLoss, beforeCommit }: WriteGateOptions = {},
): WriteGate {
  let waiting: (() => void)[] | null = null;
  let turn = Promise.withResolvers<void>();

  /** SQLite may have rolled back by itself; what is written then would be kept alone. */
  function expectTransaction(): void {
    if (!database.inTransaction) throw new Error("the transaction is gone");
  }

  function flush(): void {
    const work = waiting;
    if (!work) return;
    waiting = null;
    const { resolve, reject } = turn;
    turn = Promise.withResolvers();
    try {
      expectTransaction();
      beforeCommit?.();
      database.query("COMMIT").run();
    } catch (error) {
      rollBack(database);
      turn.promise.catch(() => undefined);
      reject(error);
      onLoss?.(error);
      return;
    }
    for (const each of work) each();
    resolve();
  }

  return {
    open() {
      if (waiting) return expectTransaction();
      database.query("BEGIN IMMEDIATE").run();
      waiting = [];
      turn.promise.catch(() => undefined);
      setImmediate(flush);
    },
    afterwards(work) {
      if (waiting) waiting.push(work);
      else work();
    },
    kept: () => (waiting ? turn.promise : Promise.resolve()),
    flush,
  };
}

/** SQLite may have done so itself. */
function rollBack(database: Database): void {
  try {
    database.run("ROLLBACK");
  } catch {
    // There is no transaction any more.
  }
}
