/** The database behind the Neon endpoint. Values travel as Postgres text, as on Neon. */
export interface SqlEngine {
  query(query: SqlQuery): Promise<SqlResult>;
  /** All or nothing, on one connection. */
  transaction(queries: SqlQuery[], options: TransactionOptions): Promise<SqlResult[]>;
  close(): Promise<void>;
}

export interface SqlQuery {
  query: string;
  params: (string | null)[];
}

export interface SqlResult {
  fields: { name: string; dataTypeID: number }[];
  rows: unknown[][];
  command: string;
  rowCount: number | null;
}

export interface TransactionOptions {
  isolation?: string | undefined;
  readOnly?: boolean | undefined;
  deferrable?: boolean | undefined;
}

const isolationLevels: Record<string, string> = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
};

/** The words after BEGIN or SET TRANSACTION; empty when the defaults hold. */
export function transactionModes(options: TransactionOptions): string {
  const modes: string[] = [];
  const level = options.isolation === undefined ? undefined : isolationLevels[options.isolation];
  if (level !== undefined) modes.push(`ISOLATION LEVEL ${level}`);
  if (options.readOnly !== undefined) modes.push(options.readOnly ? "READ ONLY" : "READ WRITE");
  if (options.deferrable !== undefined)
    modes.push(options.deferrable ? "DEFERRABLE" : "NOT DEFERRABLE");
  return modes.join(", ");
}

const errorFields = [
  "severity",
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

export type SqlErrorBody = { message: string } & Partial<
  Record<(typeof errorFields)[number], unknown>
>;

/** What Neon answers for an error of the statement; null when the database itself failed. */
export function sqlErrorBody(error: unknown): SqlErrorBody | null {
  if (!(error instanceof Error) || !isStatementError(error)) return null;
  const source: Record<string, unknown> = Object.fromEntries(Object.entries(error));
  const body: SqlErrorBody = { message: error.message };
  for (const field of errorFields) body[field] = source[field];
  return body;
}

function isStatementError(error: Error): boolean {
  const code = "code" in error ? error.code : undefined;
  if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code)) return false;
  // Node's own five-letter codes (EPIPE) look like a SQLSTATE, but no severity comes with them.
  if (!("severity" in error)) return false;
  // 08: connection lost; 57P: the server is stopping or starting. Neither is the statement's fault.
  return !code.startsWith("08") && !code.startsWith("57P");
}
