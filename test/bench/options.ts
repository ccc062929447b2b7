import { parseArgs } from "node:util";
import type { IdleOptions } from "./measures/idle.ts";

export const usage = `npm run bench -- [options]

  --quick             a look in a few minutes: short windows, one round, few connections
  --targets LIST      of workers, bun, socketio, relay (all of them)
  --surfaces LIST     of ws, sse (both); Socket.IO and the relay have their own
  --measures LIST     of closed, open, idle, growth, overload (all; closed, open and idle when quick)
  --rounds N          how often everything is repeated (5)
  --json FILE         one line of JSON for each measurement
  --svg FILE          a plot
  --url URL           measures a Parley that already runs instead; sign its tokens with AUTH_SECRET, look into its rows with
                      DATABASE_URL, both from the environment
  --pid N             with --url: its process, whose CPU and memory are read`;

export const measureNames = ["closed", "open", "idle", "growth", "overload"] as const;
export type MeasureName = (typeof measureNames)[number];
export const targetNames = ["workers", "bun", "socketio", "relay"] as const;
export type TargetName = (typeof targetNames)[number];

export interface BenchOptions {
  targets: TargetName[];
  /** Ways into Parley. */
  surfaces: string[];
  measures: MeasureName[];
  rounds: number;
  /** How often a window is taken at most when others are busy. */
  attempts: number;
  json: string | null;
  svg: string | null;
  running: { url: string; processId: number | null } | null;
  scale: Scale;
}

export interface Scale {
  inFlight: number[];
  rates: number[];
  warmUpMs: number;
  windowMs: number;
  idle: IdleOptions;
  growth: { messages: number; blocks: number; blockSize: number };
  overloadMs: number;
}

const full: Scale = {
  inFlight: [32, 128],
  rates: [50, 200],
  warmUpMs: 3_000,
  windowMs: 8_000,
  // Longer than a hub stays awake after the last thing that happened.
  idle: { from: 2_000, to: 10_000, settleMs: 14_000, wave: 1_000 },
  growth: { messages: 100_000, blocks: 10, blockSize: 100 },
  overloadMs: 60_000,
};

const quick: Scale = {
  inFlight: [32, 128],
  rates: [200],
  warmUpMs: 1_500,
  windowMs: 3_000,
  idle: { from: 200, to: 1_000, settleMs: 12_000, wave: 800 },
  growth: { messages: 20_000, blocks: 3, blockSize: 50 },
  overloadMs: 8_000,
};

export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      targets: { type: "string", default: targetNames.join(",") },
      surfaces: { type: "string", default: "ws,sse" },
      measures: { type: "string" },
      rounds: { type: "string" },
      json: { type: "string" },
      svg: { type: "string" },
      url: { type: "string" },
      pid: { type: "string" },
    },
  });
  const isQuick = values.quick;
  return {
    targets: listOf(values.targets, targetNames),
    surfaces: listOf(values.surfaces, ["ws", "sse"] as const),
    measures: listOf(values.measures ?? (isQuick ? "closed,open,idle" : "all"), measureNames),
    rounds: wholeNumber(values.rounds ?? (isQuick ? "1" : "5")),
    attempts: isQuick ? 1 : 3,
    json: values.json ?? null,
    svg: values.svg ?? null,
    running:
      values.url === undefined
        ? null
        : { url: values.url, processId: values.pid === undefined ? null : wholeNumber(values.pid) },
    scale: isQuick ? quick : full,
  };
}

function listOf<T extends string>(text: string, known: readonly T[]): T[] {
  if (text === "all") return [...known];
  return text.split(",").map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new Error(`"${name}" is none of ${known.join(", ")}`);
    return found;
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`"${text}" is no whole number`);
}
