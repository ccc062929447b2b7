import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { loadConfig } from "../machine/config.ts";
import type { LocalConfig } from "../machine/config.ts";
import { claimDataDir } from "../machine/data-dir.ts";
import { OperatorError, runCommand } from "../machine/operator-error.ts";
import { openPglite } from "./pglite-engine.ts";
import { connectPostgres, errorReason } from "./postgres-client.ts";

const lockKey = 7_265_539;

/** Applies what is missing to DATABASE_URL, else to the embedded database; answers how many. */
export async function migrate(config: LocalConfig): Promise<number> {
  if (config.databaseUrl !== undefined) return migratePostgres(config.root, config.databaseUrl);
  const claim = await claimDataDir(config.dataDir);
  try {
    const database = await openPglite(join(config.dataDir, "postgres"));
    try {
      return await migratePglite(config.root, database);
    } finally {
      await database.close();
    }
  } finally {
    await claim.release();
  }
}

export async function migratePglite(root: string, database: PGlite): Promise<number> {
  const options = { migrationsFolder: migrationsFolder(root) };
  const [{ drizzle }, migrator] = await Promise.all([
    import("drizzle-orm/pglite"),
    import("drizzle-orm/pglite/migrator"),
  ]);
  const count = async (): Promise<number> => appliedCount(await database.query(countApplied));
  const before = await count().catch(() => 0);
  try {
    await migrator.migrate(drizzle({ client: database }), options);
  } catch (error) {
    throw migrationError(error);
  }
  return (await count()) - before;
}

export async function migratePostgres(root: string, url: string): Promise<number> {
  const options = { migrationsFolder: migrationsFolder(root) };
  const client = await connectPostgres(url);
  try {
    // Two servers that start at once must not both apply the same migration.
    await client.query(`select pg_advisory_lock(${lockKey})`);
    const [{ drizzle }, migrator] = await Promise.all([
      import("drizzle-orm/node-postgres"),
      import("drizzle-orm/node-postgres/migrator"),
    ]);
    const count = async (): Promise<number> => appliedCount(await client.query(countApplied));
    const before = await count().catch(() => 0);
    await migrator.migrate(drizzle({ client }), options);
    return (await count()) - before;
  } catch (error) {
    throw migrationError(error);
  } finally {
    // Ends the session, and the lock with it.
    await client.end();
  }
}

const countApplied = "select count(*) as applied from drizzle.__drizzle_migrations";

function appliedCount(result: { rows: unknown[] }): number {
  const [row] = result.rows;
  return typeof row === "object" && row !== null && "applied" in row ? Number(row.applied) : 0;
}

function migrationsFolder(root: string): string {
  const folder = join(root, "migrations");
  if (existsSync(join(folder, "meta", "_journal.json"))) return folder;
  throw new OperatorError("There is no migrations/ folder; is the checkout complete?");
}

function migrationError(error: unknown): OperatorError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new OperatorError(`The migrations failed: ${errorReason(cause).message}`);
}

async function main(): Promise<void> {
  const config = loadConfig();
  const applied = await migrate(config);
  const place = config.databaseUrl === undefined ? config.dataDir : "DATABASE_URL";
  console.log(
    applied === 0 ? `Nothing to migrate in ${place}` : `Applied ${applied} migrations to ${place}`,
  );
}

if (import.meta.main) await runCommand(main);
