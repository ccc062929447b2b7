/** What the row promises beyond the invariants, measured. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The most or the least that passes; equal to it, when both. */
  atMost: number | null;
  atLeast: number | null;
}

export interface Outcome {
  id: string;
  fault: string;
  how: string | null;
  acknowledged: number;
  stored: number;
  seen: number;
  due: number;
  wireDuplicates: number;
  screenDuplicates: number;
  /** From the end of the fault until every invariant held, ms; null where nothing had to heal. */
  healMs: number | null;
  figures: Figure[];
  violations: string[];
  /** Cores that were busy with anything but this, on the average. */
  foreignCores: number;
  /** What a try before this one failed by, while the machine was busy with other work; null for a first try. */
  firstTry: { foreignCores: number; failures: string[] } | null;
  seconds: number;
  passed: boolean;
}

function holds({ value, atMost, atLeast }: Figure): boolean {
  return (
    Number.isFinite(value) &&
    (atMost === null || value <= atMost) &&
    (atLeast === null || value >= atLeast)
  );
}

export function describeFigure(figure: Figure): string {
  const { name, value, unit, atMost, atLeast } = figure;
  const limits = [
    ...(atMost !== null && atMost === atLeast ? [`exactly ${atMost}`] : []),
    ...(atMost !== null && atMost !== atLeast ? [`at most ${round(atMost)}`] : []),
    ...(atLeast !== null && atMost !== atLeast ? [`at least ${round(atLeast)}`] : []),
  ].join(", ");
  const verdict = holds(figure) ? "" : "  ← not held";
  return `${name}: ${round(value)}${unit && ` ${unit}`}${limits && ` (${limits})`}${verdict}`;
}

function round(value: number): number {
  return Math.abs(value) < 100 ? Math.round(value * 100) / 100 : Math.round(value);
}

/** Everything that the row did not hold. */
export function failuresOf({ violations, figures }: Pick<Outcome, "violations" | "figures">) {
  return [...violations, ...figures.filter((figure) => !holds(figure)).map(describeFigure)];
}
