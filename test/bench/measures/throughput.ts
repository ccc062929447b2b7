import { taken } from "../measurement.ts";
import type { Taken } from "../measurement.ts";
import { openWindow } from "../meter.ts";
import { percentile } from "../statistics.ts";
import { openTraffic } from "../traffic.ts";
import { countRefused, expectAllArrived, verify } from "../verify.ts";
import { sleep } from "./subject.ts";
import type { Subject } from "./subject.ts";

export interface ThroughputOptions {
  inFlight: number;
  warmUpMs: number;
  windowMs: number;
}

const silenceMs = 15_000;

/** More people than messages under way, so that each writes one at a time. */
export function pairsFor(inFlight: number): number {
  return inFlight <= 32 ? 50 : Math.ceil(inFlight * 1.25);
}

/** So many messages are always under way; the next is written when one is acknowledged and delivered. */
export async function measureThroughput(
  { target, surface }: Subject,
  { inFlight, warmUpMs, windowMs }: ThroughputOptions,
): Promise<Taken> {
  const traffic = await openTraffic(target, surface, pairsFor(inFlight));
  try {
    const free = traffic.pairs.map((_, index) => index);
    const finished: number[] = [];
    let isOver = false;
    const next = (): void => {
      const pair = free.shift();
      if (pair !== undefined && !isOver) traffic.send(pair);
    };
    traffic.onFinished((index) => {
      if (traffic.ackedAt[index] !== 0) finished.push(index);
      free.push(traffic.pairOf[index] ?? 0);
      next();
    });
    for (let each = 0; each < inFlight; each += 1) next();
    await sleep(warmUpMs);
    const before = finished.length;
    const close = openWindow(target.watched);
    await sleep(windowMs);
    const window = close();
    const counted = finished.slice(before);
    isOver = true;
    await traffic.settle(silenceMs);
    expectAllArrived(traffic);
    await verify(target, traffic);
    const received = counted.map((index) => traffic.deliveredAt[index]! - traffic.sentAt[index]!);
    return taken(window, counted.length, {
      per_second: counted.length / window.seconds,
      p50_ms: percentile(received, 0.5),
      p99_ms: percentile(received, 0.99),
      refused: countRefused(traffic),
    });
  } finally {
    traffic.close();
  }
}
