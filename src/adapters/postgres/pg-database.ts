import { createDatabase } from "./database.ts";
import type { Database, DatabaseOptions, Row, Statement } from "./database.ts";

/** What is used of node-postgres' Pool; it has to be one with `pipeline: true`, which sends a transaction at once. */
export interface PgPool {
  connect(): Promise<PgClient>;
}

export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  release(broken?: Error | boolean): void;
}

/** Postgres over sockets. */
export function createPgDatabase(pool: PgPool, options: DatabaseOptions = {}): Database {
  return createDatabase(async (statements, signal) => {
    const client = await pool.connect();
    let broken = true;
    const release = once(() => client.release(broken));
    if (signal.aborted) broken = false;
    else signal.addEventListener("abort", release);
    try {
      signal.throwIfAborted();
      const rows = await run(client, statements);
      broken = false;
      return rows;
    } catch (error) {
      // What Postgres itself reports leaves the connection well, unless that was its end (FATAL).
      broken =
        broken && !(error instanceof Error && "severity" in error && error.severity === "ERROR");
      throw error;
    } finally {
      signal.removeEventListener("abort", release);
      release();
    }
  }, options);
}

async function run(client: PgClient, statements: Statement[]): Promise<Row[]> {
  const [first, ...rest] = statements;
  if (first && rest.length === 0) return (await client.query(first.text, first.params)).rows;
  // After an error Postgres refuses what follows and takes COMMIT for ROLLBACK.
  const outcomes = await Promise.allSettled([
    client.query("begin isolation level read committed"),
    ...statements.map(({ text, params }) => client.query(text, params)),
    client.query("commit"),
  ]);
  const results = outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  return results.at(-2)?.rows ?? [];
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
