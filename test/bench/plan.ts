import type { Measurement, Taken } from "./measurement.ts";
import { measureGrowth } from "./measures/growth.ts";
import { measureIdle } from "./measures/idle.ts";
import { measureLatency } from "./measures/latency.ts";
import { measureOverload } from "./measures/overload.ts";
import type { Subject } from "./measures/subject.ts";
import { measureThroughput } from "./measures/throughput.ts";
import type { BenchOptions, MeasureName } from "./options.ts";
import { median } from "./statistics.ts";

/** One thing to measure, of whatever takes part. */
export interface Step {
  measure: string;
  take(subject: Subject): Promise<Taken | null>;
}

/** `history`: what was measured before; an overload is twice what was carried at best. */
export function planSteps(
  { measures, scale }: Pick<BenchOptions, "measures" | "scale">,
  history: Measurement[],
): Step[] {
  const { inFlight, rates, windowMs } = scale;
  const [most = 128] = inFlight.slice(-1);
  const steps: Record<MeasureName, Step[]> = {
    closed: inFlight.map((count) => closed(count)),
    open: rates.map((perSecond) => ({
      measure: `open-${perSecond}`,
      take: (subject) => measureLatency(subject, { perSecond, windowMs }),
    })),
    idle: [{ measure: "idle", take: (subject) => measureIdle(subject, scale.idle) }],
    growth: [{ measure: "growth", take: (subject) => measureGrowth(subject, scale.growth) }],
    overload: [{ measure: "overload", take: overload }],
  };
  return measures.flatMap((name) => steps[name]);

  function closed(count: number): Step {
    const options = { inFlight: count, warmUpMs: scale.warmUpMs, windowMs };
    return {
      measure: `closed-${count}`,
      take: (subject) => measureThroughput(subject, options),
    };
  }

  async function overload(subject: Subject): Promise<Taken> {
    const known = history
      .filter((each) => each.target === subject.target.name)
      .filter((each) => each.surface === subject.surface.name)
      .filter(({ measure }) => measure === `closed-${most}`);
    const rates = known.map(({ figures }) => figures["per_second"] ?? 0);
    const capacity =
      rates.length > 0
        ? median(rates)
        : ((await closed(most).take(subject))?.figures["per_second"] ?? 0);
    return measureOverload(subject, { capacity, windowMs: scale.overloadMs });
  }
}
