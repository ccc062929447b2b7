import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { migrate, migratePostgres } from "../../../src/platforms/local/migrate.ts";
import { projectRoot, readConfig } from "../../../src/platforms/machine/config.ts";
import { claimDataDir } from "../../../src/platforms/machine/data-dir.ts";
import { realPostgresUrl } from "../../support/real-services.ts";

const postgres = await realPostgresUrl();

describe("migrating", () => {
  test("the embedded database applies each migration once, and never under a running server", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "parley-migrate-"));
    const config = { ...readConfig({}), dataDir };
    expect(await migrate(config)).toBeGreaterThan(0);
    expect(await migrate(config)).toBe(0);
    const claim = await claimDataDir(dataDir);
    await expect(migrate(config)).rejects.toThrow("is in use");
    await claim.release();
    await rm(dataDir, { recursive: true });
  });

  test.skipIf(postgres === null)("two servers at once share the work without a race", async () => {
    const name = `parley_local_test_${randomBytes(6).toString("hex")}`;
    const admin = new Client({ connectionString: postgres ?? "" });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(postgres ?? "");
    url.pathname = `/${name}`;
    const runs = [migratePostgres(projectRoot, url.href), migratePostgres(projectRoot, url.href)];
    const applied = (await Promise.all(runs)).toSorted((a, b) => a - b);
    expect(applied[0]).toBe(0);
    expect(applied[1]).toBeGreaterThan(0);
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  test("an unreachable Postgres is one line that names the place and no password", async () => {
    const migrating = migratePostgres(projectRoot, "postgresql://me:hidden@127.0.0.1:1/x");
    await expect(migrating).rejects.toThrow(
      /^Cannot reach Postgres at 127\.0\.0\.1:1 \(ECONNREFUSED\); check DATABASE_URL$/,
    );
  });

  test.skipIf(postgres === null)("a database that is not there is told so", async () => {
    const url = new URL(postgres ?? "");
    url.pathname = "/parley_local_test_missing";
    await expect(migratePostgres(projectRoot, url.href)).rejects.toThrow(
      /refused the connection \(database "parley_local_test_missing" does not exist\)/,
    );
  });
});
