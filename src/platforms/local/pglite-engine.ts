import { mkdir } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import type { QueryOptions, Transaction } from "@electric-sql/pglite";
import { transactionModes } from "./sql-engine.ts";
import type { SqlEngine, SqlQuery, SqlResult } from "./sql-engine.ts";

/** Opens the embedded Postgres in `directory`, or in memory without one. */
export async function openPglite(directory?: string): Promise<PGlite> {
  if (directory === undefined) return PGlite.create();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return PGlite.create(directory);
}

export function createPgliteEngine(database: PGlite): SqlEngine {
  const asText = rawText(database);
  const inTurn = createQueue();

  async function run(target: PGlite | Transaction, query: SqlQuery): Promise<SqlResult> {
    const result = await target.query<unknown[]>(query.query, query.params, asText);
    return {
      fields: result.fields,
      rows: result.rows,
      command: result.command ?? "",
      rowCount: result.rowCount ?? result.rows.length,
    };
  }

  return {
    query: (query) => inTurn(() => run(database, query)),
    transaction: (queries, options) =>
      inTurn(() =>
        database.transaction(async (transaction) => {
          const modes = transactionModes(options);
          if (modes !== "") await transaction.exec(`SET TRANSACTION ${modes}`);
          const results: SqlResult[] = [];
          for (const query of queries) results.push(await run(transaction, query));
          return results;
        }),
      ),
    close: () => database.close(),
  };
}

/** PGlite goes from one query to the next without a pause, so that Redis in this process would wait for all of them. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(() => nextTurn()).then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** Neon answers Postgres' own text and its client parses it, so PGlite must not. */
function rawText(database: PGlite): QueryOptions {
  return {
    rowMode: "array",
    parsers: mapKeys(database.parsers, identity),
    serializers: mapKeys(database.serializers, identity),
  };
}

function identity<T>(value: T): T {
  return value;
}

function mapKeys<T>(source: object, value: T): Record<string, T> {
  return Object.fromEntries(Object.keys(source).map((key) => [key, value]));
}
