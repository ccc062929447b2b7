import { taken } from "../measurement.ts";
import type { Taken } from "../measurement.ts";
import { openWindow } from "../meter.ts";
import { percentile } from "../statistics.ts";
import { openTraffic } from "../traffic.ts";
import type { Traffic } from "../traffic.ts";
import { countRefused, expectAllArrived, verify } from "../verify.ts";
import { sleep } from "./subject.ts";
import type { Subject } from "./subject.ts";
import { pairsFor } from "./throughput.ts";

export interface LatencyOptions {
  perSecond: number;
  windowMs: number;
}

const warmUpMs = 1_000;
const silenceMs = 15_000;

/** Writes whatever is due at a fixed rate, answered or not; resolves when the time is up. */
export function sendAtRate(traffic: Traffic, { perSecond, windowMs }: LatencyOptions) {
  const started = performance.now();
  let sent = 0;
  return new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const passed = performance.now() - started;
      if (passed >= windowMs) {
        clearInterval(timer);
        resolve();
        return;
      }
      for (; sent < (passed / 1_000) * perSecond; sent += 1)
        traffic.send(sent % traffic.pairs.length);
    }, 1);
  });
}

/** How long a message takes to its reader at a fixed rate, from the moment when it was written. */
export async function measureLatency(
  { target, surface }: Subject,
  options: LatencyOptions,
): Promise<Taken> {
  const traffic = await openTraffic(target, surface, pairsFor(32));
  try {
    await sendAtRate(traffic, { ...options, windowMs: warmUpMs });
    await sleep(100);
    const before = traffic.counts.sent;
    const close = openWindow(target.watched);
    await sendAtRate(traffic, options);
    await traffic.settle(silenceMs);
    const window = close();
    expectAllArrived(traffic);
    await verify(target, traffic);
    const indexes = [...traffic.sentAt.keys()].filter(
      (index) => index >= before && traffic.ackedAt[index] !== 0,
    );
    const since = (at: number[]): number[] =>
      indexes.map((index) => at[index]! - traffic.sentAt[index]!);
    const received = since(traffic.deliveredAt);
    return taken(window, indexes.length, {
      p50_ms: percentile(received, 0.5),
      p95_ms: percentile(received, 0.95),
      p99_ms: percentile(received, 0.99),
      ack_p50_ms: percentile(since(traffic.ackedAt), 0.5),
      ack_p99_ms: percentile(since(traffic.ackedAt), 0.99),
      refused: countRefused(traffic),
    });
  } finally {
    traffic.close();
  }
}
