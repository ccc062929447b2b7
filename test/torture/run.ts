/**
 * `npm run torture`: nothing acknowledged is lost and nothing is shown twice, whatever breaks.
 *
 * The program starts the server of `npm start` over a real PostgreSQL and a real Redis, breaks one thing after another
 * while people write to each other, and then asks an independent checker whether every promise held.
 *
 *     npm run torture -- [--seed N] [--only T8,T9] [--short] [--json FILE] [--root CHECKOUT] [--platform bun]
 *
 * `--untimed` judges the invariants and what can be counted, and only tells times and memory: for a machine that others
 * use, too.
 * With `--platform bun` it is the server of `npm run start:bun`, and rows that need the entry below are left out.
 *
 * It needs PostgreSQL and Redis to start servers of its own, and exits with 1 when a row fails. Where PostgreSQL's programs
 * are not to be found, it takes a database of the one on its standard port (or TEST_DATABASE_URL), which no row may end.
 * The same seed plans the same sends, pauses and faults; the machine's own timing stays its own.
 *
 * | file | what it is |
 * |---|---|
 * | `rows/` | the matrix, a file for each family of faults |
 * | `checker.ts`, `screen.ts` | the judge: sees what clients saw, what was acknowledged and what Postgres holds, no more |
 * | `viewer.ts`, `link.ts`, `sight.ts` | a client that follows the protocol and records what it sees |
 * | `crowd.ts`, `load.ts`, `dice.ts` | forty people and what they write, from the seed |
 * | `world.ts`, `server-root.ts`, `truth.ts` | the server, its services, a proxy before each, and Postgres itself |
 * | `wire-faults.ts` | what a proxy can do to Postgres and Redis beyond being away |
 * | `worker/` | the Worker's entry during the test: the product behind it, plus faults inside the runtime |
 * | `play-row.ts`, `scene.ts`, `report.ts` | one row and its stage, and the report of all |
 * | `foreign-work.ts` | how busy others keep the machine: a row that failed meanwhile is played once more |
 *
 * Invariants of every row: I1 what was acknowledged is stored, and what is stored every member is shown; I2 nothing is
 * shown twice; I3 nothing is shown that is not stored; I4 it is shown in the order of `seq`; I5 event ids have no
 * holes; I6 unread counts are exact; I7 delivered and read never change again; I8 all of it within 10 s of the end of
 * the fault.
 */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Outcome } from "./outcome.ts";
import { playRow } from "./play-row.ts";
import { printReport, printRow, summarize } from "./report.ts";
import { reasons } from "./row.ts";
import { allRows } from "./rows/index.ts";
import { createWorld, platforms } from "./world.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    short: { type: "boolean", default: false },
    untimed: { type: "boolean", default: false },
    json: { type: "string" },
    platform: { type: "string", default: "workers" },
    root: { type: "string", default: resolve(import.meta.dirname, "../..") },
  },
});

const seed = Number(values.seed);
const wanted = values.only?.toUpperCase().split(",");
const platform = platforms.find((each) => each === values.platform);
const chosen = allRows.filter(({ id, isShort = false }) =>
  wanted ? wanted.includes(id) : isShort || !values.short,
);
if (!Number.isSafeInteger(seed) || chosen.length === 0 || !platform) {
  console.error("Usage: npm run torture -- [--seed N] [--only T8,T9] [--short] [--untimed]");
  process.exit(2);
}
const rows = chosen.filter(({ needs }) => platform === "workers" || needs === undefined);

const started = performance.now();
const outcomes: Outcome[] = [];
console.log(`${rows.length} rows with seed ${seed} on ${platform}`);
for (const { id, needs } of chosen.filter((row) => !rows.includes(row))) {
  if (needs) console.log(`${id.padEnd(4)} does not apply on ${platform}: ${reasons[needs]}`);
}
const world = await createWorld(values.root, platform).catch((error: unknown) => {
  console.error("The server and its services do not start.", error);
  process.exit(1);
});
// Its processes are in groups of their own, and its database is on somebody's server.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void world.close().finally(() => process.exit(130)));
}
try {
  for (const row of rows) {
    process.stdout.write(`${row.id.padEnd(4)} ${row.fault} … `);
    // oxlint-disable-next-line no-await-in-loop -- each row has the machine for itself
    const outcome = await playRow(row, world, {
      seed,
      isShort: values.short,
      isUntimed: values.untimed,
    });
    outcomes.push(outcome);
    printRow(outcome);
  }
} finally {
  await world.close();
}

const report = { seed, platform, seconds: (performance.now() - started) / 1_000, rows: outcomes };
printReport(report);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(report, null, 2));
process.exit(summarize(outcomes).failed === 0 ? 0 : 1);
