/** Time, as the only place that may be asked for it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Returns what stops it. */
  every(ms: number, work: () => void): () => void;
}
