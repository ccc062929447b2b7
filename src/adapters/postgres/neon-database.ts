import { neon, neonConfig } from "@neondatabase/serverless";
import { createDatabase } from "./database.ts";
import type { Database, DatabaseOptions } from "./database.ts";

export interface NeonOptions extends DatabaseOptions {
  /** Where Neon's SQL over HTTP is served, when not by Neon itself. Holds for the whole process. */
  fetchEndpoint?: string;
}

/** Postgres over HTTP, for places without sockets: each query or transaction is one request. */
export function createNeonDatabase(url: string, options: NeonOptions = {}): Database {
  if (options.fetchEndpoint !== undefined) neonConfig.fetchEndpoint = options.fetchEndpoint;
  const sql = neon(url, { disableWarningInBrowsers: true });

  return createDatabase(async (statements, signal) => {
    const fetchOptions = { signal };
    const [first, ...rest] = statements;
    if (first && rest.length === 0) return sql.query(first.text, first.params, { fetchOptions });
    const results = await sql.transaction(
      statements.map(({ text, params }) => sql.query(text, params)),
      { isolationLevel: "ReadCommitted", fetchOptions },
    );
    return results.at(-1) ?? [];
  }, options);
}
