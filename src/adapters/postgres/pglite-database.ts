import { createDatabase } from "./database.ts";
import type { Database, DatabaseOptions, Row, Statement } from "./database.ts";

/** What is used of PGlite. */
export interface PgliteLike {
  transaction<T>(work: (transaction: PgliteQueryable) => Promise<T>): Promise<T>;
}

export interface PgliteQueryable {
  query(text: string, params?: unknown[]): Promise<{ rows: Row[] }>;
}

/** Postgres inside this process. It has one connection, so transactions run one after the other. */
export function createPgliteDatabase(pglite: PgliteLike, options: DatabaseOptions = {}): Database {
  return createDatabase(
    (statements) => pglite.transaction((transaction) => run(transaction, statements)),
    options,
  );
}

async function run(transaction: PgliteQueryable, statements: Statement[]): Promise<Row[]> {
  let rows: Row[] = [];
  for (const { text, params } of statements) {
    // oxlint-disable-next-line no-await-in-loop -- one connection, in this order
    ({ rows } = await transaction.query(text, params));
  }
  return rows;
}
