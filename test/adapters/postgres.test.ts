import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/adapters/postgres/database.ts";
import { checkMigrations, checkPostgres } from "../../src/adapters/postgres/diagnostics.ts";
import { createPostgresHistoryStore } from "../../src/adapters/postgres/history-store.ts";
import { createNeonDatabase } from "../../src/adapters/postgres/neon-database.ts";
import { newestMigration } from "../../src/adapters/postgres/newest-migration.ts";
import { createPgDatabase } from "../../src/adapters/postgres/pg-database.ts";
import { createPgliteDatabase } from "../../src/adapters/postgres/pglite-database.ts";
import { createPostgresUserStore } from "../../src/adapters/postgres/user-store.ts";
import { createNeonEndpoint } from "../../src/platforms/local/neon-endpoint.ts";
import { createPgliteEngine } from "../../src/platforms/local/pglite-engine.ts";
import { createPostgresEngine } from "../../src/platforms/local/postgres-engine.ts";
import type { SqlEngine } from "../../src/platforms/local/sql-engine.ts";
import { testHistoryStore } from "../contracts/history-store.ts";
import { testUserStore } from "../contracts/user-store.ts";
import { createTestDatabase, realPostgresUrl } from "../support/real-services.ts";

const migrationsFolder = resolve(import.meta.dirname, "../../migrations");
const realUrl = await realPostgresUrl();

interface OpenDatabase {
  db: Database;
  close(): Promise<void>;
}

async function migratedPglite(): Promise<PGlite> {
  const pglite = await PGlite.create();
  await migrate(drizzle(pglite), { migrationsFolder });
  return pglite;
}

async function throughNeon(engine: SqlEngine, drop?: () => Promise<void>): Promise<OpenDatabase> {
  const { databaseUrl, fetchEndpoint, close } = await createNeonEndpoint(engine);
  return {
    db: createNeonDatabase(databaseUrl, { fetchEndpoint }),
    async close() {
      await close();
      await engine.close();
      await drop?.();
    },
  };
}

function testStores(open: () => Promise<OpenDatabase>): void {
  let opened: OpenDatabase;

  beforeAll(async () => {
    opened = await open();
  }, 60_000);

  afterAll(() => opened.close());

  describe("a history store", () => {
    testHistoryStore(async () => ({
      users: createPostgresUserStore(opened.db),
      history: createPostgresHistoryStore(opened.db),
    }));
  });

  describe("a user store", () => {
    testUserStore(async () => createPostgresUserStore(opened.db));
  });

  it("answers a check", async () => {
    expect(await checkPostgres(opened.db).check()).toBe("answers");
  });
}

describe("in PGlite", () => {
  testStores(async () => {
    const pglite = await migratedPglite();
    return { db: createPgliteDatabase(pglite), close: () => pglite.close() };
  });

  it("writes nothing for a user whose profile is as it was", async () => {
    const pglite = await migratedPglite();
    const users = createPostgresUserStore(createPgliteDatabase(pglite));
    const profile = { externalId: "7", username: "alice", fullName: "Alice", avatar: null };
    const version = async () => (await pglite.query("select xmin, ctid from users")).rows;
    await users.ensureUser(profile);
    const before = await version();
    await users.ensureUser(profile);
    await users.ensureUser({ ...profile, username: null, fullName: null });
    expect(await version()).toEqual(before);
    await users.ensureUser({ ...profile, fullName: "Alicia" });
    expect(await version()).not.toEqual(before);
    await pglite.close();
  }, 30_000);
});

describe("in PGlite through Neon's protocol", () => {
  testStores(async () => throughNeon(createPgliteEngine(await migratedPglite())));
});

describe.runIf(realUrl)("in PostgreSQL", () => {
  testStores(async () => {
    const { url, drop } = await createTestDatabase();
    const pool = new Pool({ connectionString: url, max: 32, pipeline: true });
    // Dropping the database may end a connection before the pool has.
    pool.on("error", () => undefined);
    async function close() {
      const stats = await pool.query("select deadlocks from pg_stat_database where datname = $1", [
        new URL(url).pathname.slice(1),
      ]);
      await pool.end();
      await drop();
      expect(stats.rows).toEqual([{ deadlocks: "0" }]);
    }
    return { db: createPgDatabase(pool), close };
  });
});

describe.runIf(realUrl)("in PostgreSQL through Neon's protocol", () => {
  testStores(async () => {
    const { url, drop } = await createTestDatabase();
    return throughNeon(createPostgresEngine(url), drop);
  });
});

describe("the migrations", () => {
  it("end with the one that the code knows as the newest", async () => {
    const journal: unknown = JSON.parse(
      await readFile(resolve(migrationsFolder, "meta/_journal.json"), "utf8"),
    );
    const { entries } = journal as { entries: { tag: string; when: number }[] };
    const { tag, when } = entries.at(-1)!;
    expect(newestMigration).toEqual({ tag, generatedAt: when });
  });

  it("are well once they were applied", async () => {
    const pglite = await PGlite.create();
    const db = createPgliteDatabase(pglite);
    await expect(checkMigrations(db).check()).rejects.toThrow(/__drizzle_migrations/);
    await migrate(drizzle(pglite), { migrationsFolder });
    expect(await checkMigrations(db).check()).toBe(newestMigration.tag);
    await pglite.query("delete from drizzle.__drizzle_migrations where created_at = $1", [
      newestMigration.generatedAt,
    ]);
    await expect(checkMigrations(db).check()).rejects.toThrow(newestMigration.tag);
    await pglite.close();
  }, 30_000);
});
