import { Pool } from "pg";
import type { PoolClient, QueryArrayConfig, QueryArrayResult } from "pg";
import { transactionModes } from "./sql-engine.ts";
import type { SqlEngine, SqlQuery, SqlResult, TransactionOptions } from "./sql-engine.ts";

const poolSize = 20;
const connectTimeout = 3_000;
const queryTimeout = 8_000;
const maxPrepared = 500;

const rawText = { getTypeParser: () => (value: string) => value };

export function createPostgresEngine(url: string): SqlEngine {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeout,
    query_timeout: queryTimeout,
    keepAlive: true,
    // A whole transaction is written at once, so it costs one round trip instead of one a statement.
    pipeline: true,
  });
  // An idle connection that breaks is replaced at the next query; unheard, the event ends the process.
  pool.on("error", () => undefined);
  // One that breaks while it is in use fails its queries and reports the break beside them.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const statements = createStatements();

  return {
    query: (query) =>
      statements.retryStale(async () => toResult(await pool.query(statements.config(query)))),
    transaction: (queries, options) =>
      statements.retryStale(() => runTransaction({ pool, statements, queries, options })),
    close: () => pool.end(),
  };
}

interface TransactionRun {
  pool: Pool;
  statements: Statements;
  queries: SqlQuery[];
  options: TransactionOptions;
}

async function runTransaction(run: TransactionRun): Promise<SqlResult[]> {
  const client = await run.pool.connect();
  let broken: Error | undefined;
  try {
    return await sendTransaction(client, run);
  } catch (error) {
    if (!isServerError(error)) broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function sendTransaction(client: PoolClient, run: TransactionRun): Promise<SqlResult[]> {
  // After an error Postgres refuses the rest and turns COMMIT into ROLLBACK by itself.
  const sent = [
    client.query(`BEGIN ${transactionModes(run.options)}`),
    ...run.queries.map((query) => client.query(run.statements.config(query))),
    client.query("COMMIT"),
  ];
  const settled = await Promise.allSettled(sent);
  const failed = settled.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return settled
    .slice(1, -1)
    .flatMap((outcome) =>
      outcome.status === "fulfilled" ? [toResult(outcome.value as QueryArrayResult)] : [],
    );
}

function toResult(result: QueryArrayResult<unknown[]>): SqlResult {
  return {
    fields: result.fields.map(({ name, dataTypeID }) => ({ name, dataTypeID })),
    rows: result.rows,
    command: result.command,
    rowCount: result.rowCount,
  };
}

function isServerError(error: unknown): boolean {
  return error instanceof Error && "severity" in error && error["severity"] === "ERROR";
}

interface Statements {
  config(query: SqlQuery): QueryArrayConfig;
  retryStale<T>(work: () => Promise<T>): Promise<T>;
}

/** Names the statements, so that each connection parses and plans each of them once. */
function createStatements(): Statements {
  const names = new Map<string, string>();
  let generation = 0;

  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= maxPrepared) return known;
    const name = `p${generation}_${names.size}`;
    names.set(text, name);
    return name;
  }

  return {
    config({ query, params }) {
      const name = nameOf(query);
      const config: QueryArrayConfig = {
        text: query,
        values: params,
        rowMode: "array",
        types: rawText,
      };
      return name === undefined ? config : { ...config, name };
    },
    async retryStale(work) {
      try {
        return await work();
      } catch (error) {
        if (!isStale(error)) throw error;
        names.clear();
        generation += 1;
        return work();
      }
    },
  };
}

/** A migration or a pooler in between can make a prepared statement useless. */
function isStale(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return (
    error.code === "26000" ||
    (error.code === "0A000" && error.message.includes("cached plan must not change"))
  );
}
