import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import { describe, expect, it } from "vitest";
import { checkMigrations } from "../../src/adapters/postgres/diagnostics.ts";
import { newestMigration } from "../../src/adapters/postgres/newest-migration.ts";
import { createPgliteDatabase } from "../../src/adapters/postgres/pglite-database.ts";
import { createPostgresUserStore } from "../../src/adapters/postgres/user-store.ts";
import { createPgliteEngine } from "../../src/platforms/local/pglite-engine.ts";
import { testPostgresStores } from "../contracts/postgres-stores.ts";
import { throughNeon } from "../support/through-neon.ts";

const migrationsFolder = resolve(import.meta.dirname, "../../migrations");

async function migratedPglite(): Promise<PGlite> {
  const pglite = await PGlite.create();
  await migrate(drizzle(pglite), { migrationsFolder });
  return pglite;
}

describe("in PGlite", () => {
  testPostgresStores(async () => {
    const pglite = await migratedPglite();
    return { database: createPgliteDatabase(pglite), close: () => pglite.close() };
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
  testPostgresStores(async () => throughNeon(createPgliteEngine(await migratedPglite())));
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
