import type { SummaryRow } from "./summary.ts";

/** Lines of equal columns; the last column is the ratio to the peer. */
export function formatTable(rows: SummaryRow[]): string {
  const head = ["measure", "figure", "target", "median", "lowest", "highest", "× socketio"];
  const cells = rows.map(({ measure, figure, subject, value, lowest, highest, ratio }) => [
    measure,
    figure,
    subject,
    short(value),
    short(lowest),
    short(highest),
    ratio === null ? "" : ratio.toFixed(2),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const firstNumber = 3;
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column < firstNumber ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
