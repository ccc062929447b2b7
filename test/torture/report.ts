import { busyCores } from "./foreign-work.ts";
import { describeFigure, failuresOf, type Outcome } from "./outcome.ts";

export interface Report {
  seed: number;
  platform: string;
  seconds: number;
  rows: Outcome[];
}

export function summarize(rows: readonly Outcome[]): { passed: number; failed: number } {
  const passed = rows.filter((row) => row.passed).length;
  return { passed, failed: rows.length - passed };
}

export function printRow(outcome: Outcome): void {
  const { passed, seconds, firstTry, foreignCores } = outcome;
  const busy = foreignCores < busyCores ? "" : `; ${busyWith(foreignCores)}`;
  console.log(`${passed ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s${busy}`);
  for (const what of failuresOf(outcome)) console.log(`       ✗ ${what}`);
  if (firstTry) for (const what of toldOf(firstTry)) console.log(`       ! ${what}`);
}

function toldOf({ foreignCores, failures }: NonNullable<Outcome["firstTry"]>): string[] {
  const why = `a first try failed; ${busyWith(foreignCores)}`;
  return [why, ...failures.map((what) => `  ${what}`)];
}

function busyWith(foreignCores: number): string {
  return `machine busy: ${foreignCores.toFixed(1)} foreign cores`;
}

const headings = [
  "",
  "acked",
  "stored",
  "seen",
  "wire×2",
  "screen×2",
  "heal",
  "took",
  "verdict",
  "fault",
];

export function printReport({ rows, seconds, seed, platform }: Report): void {
  const lines = rows.map((row) => [
    row.id,
    String(row.acknowledged),
    String(row.stored),
    `${row.seen}/${row.due}`,
    String(row.wireDuplicates),
    String(row.screenDuplicates),
    row.healMs === null ? "–" : `${(row.healMs / 1_000).toFixed(1)} s`,
    `${Math.round(row.seconds)} s`,
    row.passed ? "passed" : "FAILED",
    row.fault,
  ]);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const align = (cells: string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 || column > 7 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  console.log(`\n${align(headings)}`);
  for (const [index, line] of lines.entries()) {
    console.log(align(line));
    const row = rows[index];
    if (row?.firstTry) for (const what of toldOf(row.firstTry)) console.log(`      ! ${what}`);
    for (const figure of row?.figures ?? []) console.log(`      · ${describeFigure(figure)}`);
    if (row?.how) console.log(`      ~ ${row.how}`);
    for (const what of row?.violations ?? []) console.log(`      ✗ ${what}`);
  }
  const { passed, failed } = summarize(rows);
  console.log(
    `\n${passed} passed, ${failed} failed, seed ${seed} on ${platform}, ${Math.round(seconds)} s`,
  );
}
