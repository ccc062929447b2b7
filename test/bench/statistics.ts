/** The smallest value that at least this share of all values does not exceed; NaN of none. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const rank = Math.ceil(sorted.length * share);
  return sorted[Math.max(0, rank - 1)] ?? NaN;
}

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

/** Seen from a peer: `parts` of the same rounds are divided one by one, and the middle one counts. */
export function medianRatio(ours: (number | null)[], theirs: (number | null)[]): number | null {
  const ratios = ours.flatMap((value, round) => {
    const other = theirs[round];
    return value === null || !other ? [] : [value / other];
  });
  return ratios.length === 0 ? null : median(ratios);
}
