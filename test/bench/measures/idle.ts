import { inParallel } from "../../support/send-load.ts";
import { taken } from "../measurement.ts";
import type { Taken } from "../measurement.ts";
import { openWindow } from "../meter.ts";
import { readTreePss } from "../proc.ts";
import type { Line, LineEvents } from "../surface.ts";
import { BrokenPromise } from "../verify.ts";
import { sleep } from "./subject.ts";
import type { Subject } from "./subject.ts";

export interface IdleOptions {
  from: number;
  to: number;
  settleMs: number;
}

const connecting = 32;

/** What one more connected user costs who does nothing: growth of the server's memory between two numbers of them. */
export async function measureIdle(
  { target, surface }: Subject,
  { from, to, settleMs }: IdleOptions,
): Promise<Taken> {
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
  const connectUpTo = (count: number): Promise<unknown> =>
    inParallel(connecting, [...Array(count - lines.length).keys()], async () => {
      const person = await target.newPerson();
      lines.push(await surface.open(target.url, { ...person, role: "receiver" }, events));
    });
  const memory = (): number | null => (serverId === null ? null : readTreePss(serverId));
  try {
    await connectUpTo(from);
    await sleep(settleMs);
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
      connects_per_second: (to - from) / window.seconds,
      kib_per_connection: before === null || after === null ? null : (after - before) / (to - from),
      idle_server_ms_per_second: cpu.server === null ? null : (cpu.server * 1_000) / seconds,
    });
  } finally {
    isOver = true;
    for (const line of lines) line.close();
  }
}
