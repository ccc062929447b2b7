import { taken } from "../measurement.ts";
import type { Taken } from "../measurement.ts";
import { openWindow } from "../meter.ts";
import { readTreePss } from "../proc.ts";
import { percentile } from "../statistics.ts";
import { openTraffic } from "../traffic.ts";
import { BrokenPromise, countRefused, verify } from "../verify.ts";
import { sendAtRate } from "./latency.ts";
import type { Subject } from "./subject.ts";
import { pairsFor } from "./throughput.ts";

export interface OverloadOptions {
  /** What the target carries at best. */
  capacity: number;
  windowMs: number;
}

const times = 2;
const silenceMs = 20_000;

/** More comes than can be carried: what was acknowledged must hold all the same. */
export async function measureOverload(
  { target, surface }: Subject,
  { capacity, windowMs }: OverloadOptions,
): Promise<Taken> {
  const { serverId } = target.watched;
  const traffic = await openTraffic(target, surface, pairsFor(128));
  try {
    const memory = (): number | null => (serverId === null ? null : readTreePss(serverId));
    const close = openWindow(target.watched);
    const sending = sendAtRate(traffic, { perSecond: capacity * times, windowMs });
    const before = memory();
    await sending;
    const after = memory();
    const window = close();
    await traffic.settle(silenceMs);
    const { sent, acknowledged, delivered, doubled, closed } = traffic.counts;
    if (doubled > 0) throw new BrokenPromise(`${doubled} messages were delivered twice`);
    const { storedUnheard } = await verify(target, traffic);
    const answered = traffic.ackedAt.flatMap((at, index) =>
      at === 0 ? [] : [at - traffic.sentAt[index]!],
    );
    const refused = countRefused(traffic);
    return taken(window, acknowledged, {
      offered_per_second: sent / window.seconds,
      acknowledged,
      delivered,
      refused,
      unanswered: sent - acknowledged - refused,
      stored_unheard: storedUnheard,
      closed,
      ack_p50_ms: percentile(answered, 0.5),
      ack_p99_ms: percentile(answered, 0.99),
      memory_growth_mib: before === null || after === null ? null : (after - before) / 1_024,
    });
  } finally {
    traffic.close();
  }
}
