import { Pool } from "pg";
import { describe, expect } from "vitest";
import { createPgDatabase } from "../../src/adapters/postgres/pg-database.ts";
import { createPostgresEngine } from "../../src/platforms/local/postgres-engine.ts";
import { testPostgresStores } from "../contracts/postgres-stores.ts";
import { createTestDatabase, realPostgresUrl } from "../support/real-services.ts";
import { throughNeon } from "../support/through-neon.ts";

const realUrl = await realPostgresUrl();

describe.runIf(realUrl)("in PostgreSQL", () => {
  testPostgresStores(async () => {
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
    return { database: createPgDatabase(pool), close };
  });
});

describe.runIf(realUrl)("in PostgreSQL through Neon's protocol", () => {
  testPostgresStores(async () => {
    const { url, drop } = await createTestDatabase();
    return throughNeon(createPostgresEngine(url), drop);
  });
});
