import type { SummaryRow } from "./summary.ts";

interface Panel {
  title: string;
  rows: SummaryRow[];
}

const wanted: [measure: RegExp, figure: string, title: string][] = [
  [/^closed/, "per_second", "messages a second"],
  [/^closed/, "cpu_ms_all", "CPU ms a message, all processes"],
  [/^open/, "p50_ms", "send to receive, median, ms"],
  [/^open/, "p99_ms", "send to receive, 99 of 100, ms"],
  [/^idle/, "kib_per_connection", "KiB an idle connection"],
];
const [width, labelWidth, barHeight, gap] = [760, 210, 16, 6];
const colours: Record<string, string> = { workers: "#d97706", bun: "#7c3aed", socketio: "#64748b" };

/** Bars, a panel for each figure; a thin line spans from the lowest to the highest round. */
export function drawPlot(rows: SummaryRow[], note: string): string {
  const panels = wanted
    .map(([measure, figure, title]): Panel => ({
      title,
      rows: rows.filter((row) => measure.test(row.measure) && row.figure === figure),
    }))
    .filter((panel) => panel.rows.length > 0);
  let top = 20;
  const drawn = panels.map((panel) => {
    const text = drawPanel(panel, top);
    top += 30 + panel.rows.length * (barHeight + gap) + 14;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + 20}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${drawn.join("\n")}
<text x="10" y="${top + 6}" font-size="10" fill="#64748b">${escape(note)}</text>
</svg>
`;
}

function drawPanel({ title, rows }: Panel, top: number): string {
  const most = Math.max(...rows.map(({ highest }) => highest), Number.MIN_VALUE);
  const scale = (width - labelWidth - 90) / most;
  const bars = rows.map((row, index) => {
    const y = top + 12 + index * (barHeight + gap);
    const end = (value: number): string => (labelWidth + value * scale).toFixed(1);
    const middle = y + barHeight / 2;
    const ratio = row.ratio === null ? "" : ` (${row.ratio.toFixed(2)} ×)`;
    const colour = colours[row.subject.split(":")[0] ?? ""] ?? "#0f766e";
    return [
      `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${escape(`${row.subject} ${row.measure}`)}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${Math.max(0, row.value * scale).toFixed(1)}" height="${barHeight}" fill="${colour}"/>`,
      `<path d="M${end(row.lowest)} ${middle}H${end(row.highest)}" stroke="black"/>`,
      `<text x="${Number(end(row.highest)) + 6}" y="${y + 12}">${escape(`${round(row.value)}${ratio}`)}</text>`,
    ].join("\n");
  });
  return `<text x="10" y="${top}" font-weight="bold">${escape(title)}</text>\n${bars.join("\n")}`;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
