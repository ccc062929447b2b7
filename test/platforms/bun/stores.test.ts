import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { RedisClient, SQL } from "bun";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkMigrations } from "../../../src/adapters/postgres/diagnostics.ts";
import { checkRedis } from "../../../src/adapters/redis/client.ts";
import { createRedisUnreadCounters } from "../../../src/adapters/redis/unread-counters.ts";
import { readAssets } from "../../../src/platforms/bun/assets.ts";
import {
  openPglite,
  openPostgres,
  type OpenDatabase,
} from "../../../src/platforms/bun/postgres.ts";
import { openRedis, type OpenRedis } from "../../../src/platforms/bun/redis.ts";
import { testPostgresStores } from "../../contracts/postgres-stores.ts";
import { testUnreadCounters } from "../../contracts/unread-counters.ts";
import { createEmptyDatabase, realPostgresUrl, realRedisUrl } from "../../support/real-services.ts";

const root = resolve(import.meta.dirname, "../../..");
const assets = await readAssets(root);
const postgresUrl = await realPostgresUrl();
const redisUrl = await realRedisUrl();

function testStores(open: () => Promise<OpenDatabase>): void {
  const opened = testPostgresStores(open);

  it("is migrated", async () => {
    expect(await checkMigrations(opened().database).check()).toMatch(/^\d{4}_/);
  });
}

describe("PGlite in Bun", () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "parley-pglite-"));
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  testStores(() => openPglite(join(directory, "postgres"), assets));
});

describe.skipIf(!postgresUrl)("PostgreSQL through Bun's client", () => {
  testStores(async () => {
    const { url, drop } = await createEmptyDatabase();
    const opened = await openPostgres(url, assets);
    return { ...opened, close: () => opened.close().then(drop) };
  });

  it("is migrated once by two servers that start at once", async () => {
    const { url, drop } = await createEmptyDatabase();
    const servers = await Promise.all([openPostgres(url, assets), openPostgres(url, assets)]);
    await Promise.all(servers.map((server) => server.close()));
    const again = await openPostgres(url, assets);
    await again.close();
    const sql = new SQL(url);
    const rows = await sql.unsafe<{ applied: string }[]>(
      "select count(*) as applied from drizzle.__drizzle_migrations",
    );
    await sql.close();
    await drop();
    expect(Number(rows[0]?.applied)).toBe(assets.migrations.length);
  });

  it("is reached again at once when it has ended all sessions", async () => {
    const { url, drop } = await createEmptyDatabase();
    const { database, close } = await openPostgres(url, assets);
    const ask = (text: string) =>
      Promise.allSettled(Array.from({ length: 40 }, () => database.query({ text, params: [] })));
    await ask("select to_json(1) as result from pg_sleep(0.05)");
    const admin = new SQL(url, { max: 1 });
    await admin.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    await Bun.sleep(50);
    const answers = await ask("select to_json(1) as result");
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(["fulfilled"]));
    await Promise.all([admin.close(), close()]);
    await drop();
  });

  it("says in one line, and without the password, why it cannot be reached", async () => {
    const nowhere = openPostgres("postgres://someone:hidden@127.0.0.1:1/none", assets);
    await expect(nowhere).rejects.toThrow(/^Cannot reach Postgres at 127.0.0.1:1 .*DATABASE_URL$/);
    const url = new URL(postgresUrl ?? "");
    url.pathname = "/there_is_no_such_database";
    await expect(openPostgres(url.href, assets)).rejects.toThrow(/refused the connection/);
  });
});

describe.skipIf(!redisUrl)("Redis through Bun's client", () => {
  const run = `test:${randomUUID()}:`;
  let opened: OpenRedis;
  let raw: RedisClient;

  beforeAll(async () => {
    opened = await openRedis(redisUrl!);
    raw = new RedisClient(redisUrl!);
  });

  async function flush(prefix: string): Promise<void> {
    const keys = (await raw.send("KEYS", [`${prefix}*`])) as string[];
    if (keys.length > 0) await raw.send("DEL", keys);
  }

  afterAll(async () => {
    await flush(run);
    raw.close();
    await opened.close();
  });

  testUnreadCounters(async () => {
    const prefix = `${run}${randomUUID()}:`;
    const counters = createRedisUnreadCounters(opened.redis, { prefix });
    return { counters, flush: () => flush(prefix) };
  });

  it("answers a check", async () => {
    expect(await checkRedis(opened.redis)).toBe("answers");
  });

  it("fails without the command in the error", async () => {
    const failure = await opened.redis.send("NOSUCH", ["hidden"]).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/^Error: Redis refused/);
    expect(Bun.inspect(failure)).not.toContain("hidden");
  });

  it("says in one line, and without the password, why it cannot be reached", async () => {
    const nowhere = openRedis("redis://:hidden@127.0.0.1:1");
    await expect(nowhere).rejects.toThrow(/^Cannot reach Redis at 127.0.0.1:1 .*REDIS_URL$/);
  });
});
