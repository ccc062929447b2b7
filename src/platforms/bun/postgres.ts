import { SQL, type ReservedSQL } from "bun";
import type { Database, Row } from "../../adapters/postgres/database.ts";
import { createPgDatabase, type PgClient } from "../../adapters/postgres/pg-database.ts";
import { createPgliteDatabase } from "../../adapters/postgres/pglite-database.ts";
import { OperatorError } from "../machine/operator-error.ts";
import type { Assets } from "./assets.ts";
import { migrate } from "./migrate.ts";
import { createSessionStack, type SessionStack } from "./session-stack.ts";

export interface OpenDatabase {
  database: Database;
  close(): Promise<void>;
}

const mostConnections = 16;
const connectSeconds = 3;
/** `npm run migrate` takes the same lock. */
const lockKey = 7_265_539;

/** Postgres at an address, migrated. */
export async function openPostgres(url: string, { migrations }: Assets): Promise<OpenDatabase> {
  const pool = new SQL(url, { max: mostConnections, connectionTimeout: connectSeconds });
  try {
    const session = await pool.reserve().catch((error: unknown) => {
      throw new OperatorError(unreachable(url, error));
    });
    await migrateAlone(session, migrations);
  } catch (error) {
    await pool.close({ timeout: 0 });
    throw error;
  }
  const release = (session: ReservedSQL): void => void session.release();
  const stack = createSessionStack({
    most: mostConnections,
    open: failFast(() => pool.reserve(), release),
    release,
  });
  const database = createPgDatabase({ connect: async () => toClient(await stack.take(), stack) });
  return { database, close: () => pool.close({ timeout: 0 }) };
}

/** Two servers that start at once must not both apply the same migration. */
async function migrateAlone(session: ReservedSQL, migrations: Assets["migrations"]): Promise<void> {
  const run = async (text: string): Promise<Row[]> => session.unsafe(text).simple();
  try {
    await run(`set lock_timeout = '30s'`);
    await run(`select pg_advisory_lock(${lockKey})`);
    await migrate({ run }, migrations);
  } finally {
    // Ends the session, and the lock with it.
    await session.close();
  }
}

/** Bun's client takes seconds to find that nobody is there. Once it has, everyone is told at once until somebody is. */
export function failFast<Session>(
  connect: () => Promise<Session>,
  release: (session: Session) => void,
): () => Promise<Session> {
  let away: { reason: unknown } | null = null;
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      release(await connect());
      away = null;
    } catch (reason) {
      away = { reason };
    } finally {
      isLooking = false;
    }
  }

  return async () => {
    if (away) {
      void look();
      throw away.reason;
    }
    try {
      return await connect();
    } catch (reason) {
      away = { reason };
      throw reason;
    }
  };
}

function toClient(session: ReservedSQL, stack: SessionStack<ReservedSQL>): PgClient {
  return {
    async query(text, values) {
      try {
        return { rows: await session.unsafe<Row[]>(text, values) };
      } catch (error) {
        throw asPostgresError(error);
      }
    },
    release(broken) {
      if (!broken) return stack.put(session);
      void session.close().catch(() => undefined);
      stack.lose();
    },
  };
}

/** What Postgres reports has its SQLSTATE as `code`, as in every other driver. */
function asPostgresError(error: unknown): unknown {
  if (!(error instanceof SQL.PostgresError) || !error.severity) return error;
  const { severity, errno } = error;
  return Object.assign(new Error(error.message, { cause: error }), { severity, code: errno });
}

/** Names the place and the reason, never the user or the password. */
function unreachable(url: string, error: unknown): string {
  const { hostname, port } = new URL(url);
  const place = `${hostname}:${port === "" ? "5432" : port}`;
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof SQL.PostgresError && error.severity
    ? `Postgres at ${place} refused the connection (${message}); check DATABASE_URL`
    : `Cannot reach Postgres at ${place} (${message}); check DATABASE_URL`;
}

/** Postgres inside this process, migrated, kept in the directory. */
export async function openPglite(directory: string, assets: Assets): Promise<OpenDatabase> {
  const { PGlite } = await import("@electric-sql/pglite");
  const pglite = await PGlite.create({ dataDir: directory, ...(await embedded(assets)) });
  const run = async (text: string): Promise<Row[]> => (await pglite.query<Row>(text)).rows;
  await migrate({ run }, assets.migrations);
  return { database: createPgliteDatabase(pglite), close: () => pglite.close() };
}

interface PgliteFiles {
  pgliteWasmModule?: WebAssembly.Module;
  initdbWasmModule?: WebAssembly.Module;
  fsBundle?: Blob;
}

async function embedded({ pglite }: Assets): Promise<PgliteFiles> {
  if (!pglite) return {};
  const compile = async (path: string): Promise<WebAssembly.Module> =>
    WebAssembly.compile(await Bun.file(path).arrayBuffer());
  return {
    pgliteWasmModule: await compile(pglite.wasm),
    initdbWasmModule: await compile(pglite.initdb),
    fsBundle: Bun.file(pglite.data),
  };
}
