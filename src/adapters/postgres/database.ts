import { within, withRetry } from "./retry.ts";

export type Param = string | number | null;

/** SQL whose last part selects ONE column named `result`, as JSON: every driver hands that over alike. */
export interface Statement {
  text: string;
  params: Param[];
}

/** What reaches Postgres. Methods throw ChatError `history-unavailable` when it does not answer in time. */
export interface Database {
  query<T>(statement: Statement): Promise<T[]>;
  /** One try in half its time, for those who know another way; throws whatever came of it. */
  attempt<T>(statement: Statement): Promise<T[]>;
  /** All or nothing, in one round trip; each statement sees what others committed before it. Answers the last one's rows. */
  transaction<T>(statements: Statement[]): Promise<T[]>;
}

export type Row = Record<string, unknown>;

/** Runs the statements as one transaction, answers the last one's rows, and gives up when the signal says so. */
export type Driver = (statements: Statement[], signal: AbortSignal) => Promise<Row[]>;

export interface DatabaseOptions {
  /** For one try; there is one more after it. */
  timeoutMs?: number;
}

export function createDatabase(driver: Driver, options: DatabaseOptions = {}): Database {
  const timeoutMs = options.timeoutMs ?? 4_000;

  async function results<T>(statements: Statement[]): Promise<T[]> {
    return resultsOf(await withRetry(timeoutMs, (signal) => driver(statements, signal)));
  }

  return {
    query: (statement) => results([statement]),
    attempt: async (statement) =>
      resultsOf(await within(timeoutMs / 2, (signal) => driver([statement], signal))),
    transaction: (statements) => results(statements),
  };
}

function resultsOf<T>(rows: Row[]): T[] {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the statement's own SQL builds this JSON
  return rows.map((row) => row["result"] as T);
}
