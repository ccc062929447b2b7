import { totalCpu } from "../measurement.ts";
import type { Measurement } from "../measurement.ts";
import { cpuLines } from "../meter.ts";
import { median, medianRatio } from "../statistics.ts";

/** One figure of one way into one target: the median of all rounds. */
export interface SummaryRow {
  measure: string;
  figure: string;
  subject: string;
  value: number;
  lowest: number;
  highest: number;
  /** Of the peer's figure in the same round; null for the peer itself and for what it does not have. */
  ratio: number | null;
}

const peer = "socketio";

/** In the order in which they were measured. */
export function summarize(measured: Measurement[]): SummaryRow[] {
  const groups = Map.groupBy(measured, ({ measure, target, surface }) =>
    [measure, target, surface].join(" "),
  );
  const rows = [...groups.values()].flatMap((group) => {
    const [{ measure, target, surface }] = group as [Measurement];
    const others = measured.filter((each) => each.measure === measure && each.target === peer);
    return figureNames(group).map((figure) => {
      const values = group.map((each) => figuresOf(each)[figure] ?? null);
      const byRound = group.map(({ round }) => others.find((other) => other.round === round));
      const theirs = byRound.map((other) => (other ? (figuresOf(other)[figure] ?? null) : null));
      const known = values.filter((value) => value !== null);
      return {
        measure,
        figure,
        subject: target === peer ? peer : `${target}:${surface}`,
        value: median(known),
        lowest: Math.min(...known),
        highest: Math.max(...known),
        ratio: target === peer ? null : medianRatio(values, theirs),
      };
    });
  });
  const keys = [...new Set(rows.map(({ measure, figure }) => `${measure} ${figure}`))];
  return keys.flatMap((key) =>
    rows.filter(({ measure, figure }) => `${measure} ${figure}` === key),
  );
}

function figureNames(group: Measurement[]): string[] {
  const known = group.flatMap((each) =>
    Object.entries(figuresOf(each)).flatMap(([name, value]) => (value === null ? [] : [name])),
  );
  return [...new Set(known)];
}

function figuresOf(measurement: Measurement): Record<string, number | null> {
  const { figures, cpu_ms: cpu, foreign_cores } = measurement;
  const lines = cpuLines.map((line): [string, number | null] => [`cpu_ms_${line}`, cpu[line]]);
  return { ...figures, cpu_ms_all: totalCpu(cpu), ...Object.fromEntries(lines), foreign_cores };
}
