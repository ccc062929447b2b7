import { inParallel } from "../../support/send-load.ts";
import { taken } from "../measurement.ts";
import type { Taken } from "../measurement.ts";
import { openWindow } from "../meter.ts";
import { readOpenFilesLimit, readTreePss } from "../proc.ts";
import type { Line, LineEvents } from "../surface.ts";
import type { FilesAPerson } from "../targets/target.ts";
import { BrokenPromise } from "../verify.ts";
import { sleep } from "./subject.ts";
import type { Subject } from "./subject.ts";

export interface IdleOptions {
  from: number;
  to: number;
  settleMs: number;
  /** So many come, then the server has time to rest: what is awake holds more memory and files than what sleeps. */
  wave: number;
}

const connecting = 32;

/** What one more connected user costs who does nothing: growth of the server's memory between two numbers of them. */
export async function measureIdle(
  { target, surface }: Subject,
  options: IdleOptions,
): Promise<Taken> {
  const { from, settleMs, wave } = options;
  const to = asManyAsFit(options, target.filesAPerson);
  const { serverId } = target.watched;
  const lines: Line[] = [];
  let closed = 0;
  let isOver = false;
  const nothing = (): void => undefined;
  const events: LineEvents = {
    acknowledged: nothing,
    delivered: nothing,
    refused: nothing,
    closed: () => void (isOver || (closed += 1)),
  };
  const connect = async (): Promise<void> => {
    const person = await target.newPerson();
    lines.push(await surface.open(target.url, { ...person, role: "receiver" }, events));
  };
  const connectUpTo = async (count: number): Promise<void> => {
    while (lines.length < count) {
      const coming = Math.min(wave, count - lines.length);
      await inParallel(connecting, [...Array(coming).keys()], connect);
      await sleep(settleMs);
    }
  };
  const memory = (): number | null => (serverId === null ? null : readTreePss(serverId));
  try {
    await connectUpTo(from);
    const before = memory();
    const close = openWindow(target.watched);
    await connectUpTo(to);
    const window = close();
    await sleep(settleMs);
    const after = memory();
    const resting = openWindow(target.watched);
    await sleep(settleMs);
    const { cpu, seconds } = resting();
    if (closed > 0) throw new BrokenPromise(`${closed} idle connections were closed`);
    return taken(window, to - from, {
      connections: to,
      kib_per_connection: before === null || after === null ? null : (after - before) / (to - from),
      idle_server_ms_per_second: cpu.server === null ? null : (cpu.server * 1_000) / seconds,
    });
  } finally {
    isOver = true;
    for (const line of lines) line.close();
  }
}

/** Fewer where the server could not open more files: those awake, which are one wave, need more than those asleep. */
export function asManyAsFit(
  { from, to, wave }: IdleOptions,
  { asleep, awake }: FilesAPerson,
  openFiles = readOpenFilesLimit(),
): number {
  // What a server has open for itself is far less than a wave.
  const most = (openFiles - wave * awake) / asleep;
  if (most >= to) return to;
  const fitting = from + Math.floor((most - from) / wave) * wave;
  if (fitting <= from) throw new Error(`ulimit -n is too low for ${from} idle connections`);
  return fitting;
}
