import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPostgresEngine } from "../../../src/platforms/local/postgres-engine.ts";
import type { SqlEngine } from "../../../src/platforms/local/sql-engine.ts";
import { realPostgresUrl } from "../../support/real-services.ts";

const url = await realPostgresUrl();

describe.skipIf(url === null)("a PostgreSQL engine", () => {
  let engine: SqlEngine;
  let other: SqlEngine;

  beforeAll(() => {
    engine = createPostgresEngine(url ?? "");
    other = createPostgresEngine(url ?? "");
  });

  afterAll(() => Promise.all([engine.close(), other.close()]));

  test("outlives a backend that ends while its transaction runs, and works on", async () => {
    const [pid] =
      (await engine.transaction([ask("select pg_backend_pid()")], {}))[0]?.rows[0] ?? [];
    const running = engine.transaction([ask("select pg_sleep(20)")], {});
    const isAsleep =
      "select count(*) from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'";
    const asleep = async () => (await other.query(ask(isAsleep, String(pid)))).rows[0]?.[0];
    await expect.poll(asleep).toBe("1");
    const ended = other.query(ask("select pg_terminate_backend($1)", String(pid)));
    await expect(running).rejects.toThrow("terminat");
    await ended;
    const after = await engine.transaction([ask("select 1")], {});
    expect(after[0]?.rows).toEqual([["1"]]);
  });
});

function ask(query: string, ...params: string[]) {
  return { query, params };
}
