import { randomBytes } from "node:crypto";
import { neon, neonConfig } from "@neondatabase/serverless";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNeonEndpoint } from "../../../src/platforms/local/neon-endpoint.ts";
import type { NeonEndpoint } from "../../../src/platforms/local/neon-endpoint.ts";
import { createPgliteEngine, openPglite } from "../../../src/platforms/local/pglite-engine.ts";
import { createPostgresEngine } from "../../../src/platforms/local/postgres-engine.ts";
import type { SqlEngine } from "../../../src/platforms/local/sql-engine.ts";
import { realPostgresUrl } from "../../support/real-services.ts";
import { createCutableProxy } from "./cutable-proxy.ts";

const postgres = await realPostgresUrl();
const schema = `parley_local_test_${randomBytes(6).toString("hex")}`;

const engines = [
  { name: "PGlite", open: async () => createPgliteEngine(await openPglite()) },
  { name: "PostgreSQL", open: async () => createPostgresEngine(postgres ?? "") },
].filter(({ name }) => name === "PGlite" || postgres !== null);

describe.each(engines)("the Neon client on $name", ({ open }) => {
  let engine: SqlEngine;
  let endpoint: NeonEndpoint;
  let sql: ReturnType<typeof neon<false, false>>;

  beforeAll(async () => {
    engine = await open();
    endpoint = await createNeonEndpoint(engine);
    neonConfig.fetchEndpoint = endpoint.fetchEndpoint;
    sql = neon(endpoint.databaseUrl);
    await sql.query(`create schema ${schema}`);
    await sql.query(`create table ${schema}.items (id int primary key, note text)`);
  });

  afterAll(async () => {
    await sql.query(`drop schema ${schema} cascade`);
    await endpoint.close();
    await engine.close();
  });

  test("values of every type come back as the driver's own", async () => {
    const [row] = await sql`select ${7}::int as number, ${true}::bool as yes, ${null}::text as none,
      12345678901234567::int8 as big, ${'{"a":[1]}'}::jsonb as json, ${[1, 2]}::int[] as list,
      ${Buffer.from("é")}::bytea as bytes, ${"2026-01-02T03:04:05.678Z"}::timestamptz as time`;
    expect(row).toEqual({
      number: 7,
      yes: true,
      none: null,
      big: "12345678901234567",
      json: { a: [1] },
      list: [1, 2],
      bytes: Buffer.from("é"),
      time: new Date("2026-01-02T03:04:05.678Z"),
    });
  });

  test("the command and the number of rows are told", async () => {
    const full = neon(endpoint.databaseUrl, { fullResults: true });
    const inserted = await full.query(`insert into ${schema}.items values (100, 'a'), (101, 'b')`);
    expect(inserted).toMatchObject({ command: "INSERT", rowCount: 2 });
    const updated = await full.query(`update ${schema}.items set note = 'c' where id = $1`, [100]);
    expect(updated).toMatchObject({ command: "UPDATE", rowCount: 1 });
  });

  test("a transaction's statements see each other and answer in order", async () => {
    const results = await sql.transaction([
      sql.query(`insert into ${schema}.items values ($1)`, [1]),
      sql.query(`select id from ${schema}.items where id = $1`, [1]),
    ]);
    expect(results).toEqual([[], [{ id: 1 }]]);
  });

  test("a transaction that fails leaves nothing behind and says why", async () => {
    await sql.query(`insert into ${schema}.items values (10)`);
    const failing = sql.transaction([
      sql.query(`insert into ${schema}.items values ($1)`, [11]),
      sql.query(`insert into ${schema}.items values ($1)`, [10]),
      sql.query(`insert into ${schema}.items values ($1)`, [12]),
    ]);
    await expect(failing).rejects.toMatchObject({
      name: "NeonDbError",
      code: "23505",
      constraint: "items_pkey",
      severity: "ERROR",
      detail: "Key (id)=(10) already exists.",
    });
    expect(await sql.query(`select id from ${schema}.items where id in (11, 12)`)).toEqual([]);
  });

  test("isolation and read only hold for the transaction that asks, and no later one", async () => {
    const [level] = await sql.transaction([sql`show transaction_isolation`], {
      isolationLevel: "Serializable",
    });
    expect(level).toEqual([{ transaction_isolation: "serializable" }]);
    const writing = sql.transaction([sql.query(`insert into ${schema}.items values (20)`)], {
      readOnly: true,
    });
    await expect(writing).rejects.toMatchObject({ code: "25006" });
    expect(await sql`show transaction_isolation`).toEqual([
      { transaction_isolation: "read committed" },
    ]);
  });

  test("a table that changes under a prepared statement does not break it", async () => {
    const query = `select * from ${schema}.changing`;
    await sql.query(`create table ${schema}.changing (a int)`);
    await sql.query(query);
    await sql.query(`alter table ${schema}.changing add column b text default 'x'`);
    await sql.query(`insert into ${schema}.changing values (1)`);
    expect(await sql.query(query)).toEqual([{ a: 1, b: "x" }]);
    await sql.query(`alter table ${schema}.changing add column c text default 'y'`);
    expect(await sql.transaction([sql.query(query)])).toEqual([[{ a: 1, b: "x", c: "y" }]]);
  });

  test("a connection string without the token is refused", async () => {
    const stranger = neon("postgresql://parley:guess@localhost/parley");
    await expect(stranger`select 1`).rejects.toThrow("HTTP status 401");
  });

  test("what is no query is refused", async () => {
    const headers = { "neon-connection-string": endpoint.databaseUrl };
    for (const body of ["", "[]", '{"query":1}', '{"queries":[{}]}']) {
      const answer = await fetch(endpoint.fetchEndpoint, { method: "POST", headers, body });
      expect(answer.status).toBe(400);
    }
  });
});

test.skipIf(postgres === null)(
  "an outage of Postgres is a server error until it is back",
  async () => {
    const url = new URL(postgres ?? "");
    const proxy = await createCutableProxy(url.href);
    url.hostname = "127.0.0.1";
    url.port = String(proxy.port);
    const engine = createPostgresEngine(url.href);
    const endpoint = await createNeonEndpoint(engine);
    neonConfig.fetchEndpoint = endpoint.fetchEndpoint;
    const sql = neon(endpoint.databaseUrl);
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
    await proxy.cut();
    await expect(sql`select 1 as one`).rejects.toThrow("HTTP status 500");
    await expect(sql.transaction([sql`select 1 as one`])).rejects.toThrow("HTTP status 500");
    await proxy.restore();
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
    await endpoint.close();
    await engine.close();
    await proxy.close();
  },
);
