import { afterAll, beforeAll, expect, test } from "vitest";
import { createPgliteEngine, openPglite } from "../../../src/platforms/local/pglite-engine.ts";
import type { SqlEngine } from "../../../src/platforms/local/sql-engine.ts";

const crowd = 20;

let engine: SqlEngine;

beforeAll(async () => {
  engine = createPgliteEngine(await openPglite());
});

afterAll(() => engine?.close());

/** How often the process could do something else while this went on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work;
  isOver = true;
  return turns;
}

const one = { query: "select 1", params: [] };

test.each<[string, () => Promise<unknown>]>([
  ["queries", () => engine.query(one)],
  ["transactions", () => engine.transaction([one, one], {})],
])("%s that wait for each other leave the process turns of its own", async (_, ask) => {
  const all = Promise.all(Array.from({ length: crowd }, ask));
  expect(await turnsDuring(all)).toBeGreaterThanOrEqual(crowd);
});

test("a query that fails holds up no other", async () => {
  const bad = engine.query({ query: "select nothing", params: [] });
  const good = engine.query(one);
  await expect(bad).rejects.toThrow("nothing");
  expect((await good).rows).toEqual([["1"]]);
});
