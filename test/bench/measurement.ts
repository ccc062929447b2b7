import type { CpuUse, Window } from "./meter.ts";

/** What was measured once; each is one line of JSON. Milliseconds, KiB, cores; null where it cannot be known. */
export interface Measurement {
  target: string;
  surface: string;
  /** `closed-32`, `open-200`, `idle`, `growth`, `overload`. */
  measure: string;
  round: number;
  /** How often it was taken because others were busy. */
  attempts: number;
  seconds: number;
  /** Cores that others used meanwhile. */
  foreign_cores: number;
  messages: number;
  /** CPU milliseconds a message, by whose they are; a connection in `idle`. */
  cpu_ms: CpuUse;
  /** What this measure is about. */
  figures: Record<string, number | null>;
}

export type Taken = Omit<Measurement, "target" | "surface" | "measure" | "round" | "attempts">;

export function taken(
  { seconds, cpu, foreignCores }: Window,
  messages: number,
  figures: Taken["figures"],
): Taken {
  const perMessage = Object.fromEntries(
    Object.entries(cpu).map(([line, used]) => [
      line,
      used === null || messages === 0 ? null : (used * 1_000) / messages,
    ]),
  ) as CpuUse;
  return { seconds, foreign_cores: foreignCores, messages, cpu_ms: perMessage, figures };
}

/** Of all processes together; null where nothing of the server was seen. */
export function totalCpu({ server, endpoint, postgres, redis }: CpuUse): number | null {
  if (server === null) return null;
  return server + (endpoint ?? 0) + (postgres ?? 0) + (redis ?? 0);
}
