import { inParallel } from "../support/send-load.ts";
import type { Line, LineEvents, Surface } from "./surface.ts";
import type { Pair, Target } from "./targets/target.ts";

export interface TrafficCounts {
  sent: number;
  acknowledged: number;
  delivered: number;
  doubled: number;
  refused: Map<string, number>;
  closed: number;
}

/** Pairs of people with open connections, and what came of each message, by its number. */
export interface Traffic {
  readonly pairs: Pair[];
  readonly counts: TrafficCounts;
  /** When it was written, ms. */
  readonly sentAt: number[];
  /** 0 as long as it was not. */
  readonly ackedAt: number[];
  readonly deliveredAt: number[];
  readonly pairOf: number[];
  send(pair: number): void;
  /** Told of each message that was acknowledged and delivered, or refused. */
  onFinished(listener: (index: number) => void): void;
  /** Waits until nothing is under way, or until nothing came of it for so long. */
  settle(silenceMs: number): Promise<void>;
  close(): void;
}

const connecting = 16;

export async function openTraffic(
  target: Target,
  surface: Surface,
  pairCount: number,
): Promise<Traffic> {
  const counts: TrafficCounts = {
    sent: 0,
    acknowledged: 0,
    delivered: 0,
    doubled: 0,
    refused: new Map(),
    closed: 0,
  };
  const sentAt: number[] = [];
  const ackedAt: number[] = [];
  const deliveredAt: number[] = [];
  const pairOf: number[] = [];
  const refusals = new Map<number, string>();
  let finished = 0;
  let lastNews = 0;
  let isOver = false;
  let listener: (index: number) => void = () => undefined;
  const finish = (index: number): void => {
    finished += 1;
    listener(index);
  };

  const events: LineEvents = {
    // What carries no number was there before and is not counted.
    acknowledged(index) {
      if (index < 0) return;
      lastNews = performance.now();
      counts.acknowledged += 1;
      ackedAt[index] = lastNews;
      // An error may say that the outcome is unknown, and the message come after all.
      const earlier = refusals.get(index);
      if (earlier !== undefined) addRefusal(earlier, -1);
      else if (deliveredAt[index] !== 0) finish(index);
    },
    delivered(index) {
      if (index < 0) return;
      lastNews = performance.now();
      if (deliveredAt[index] !== 0) {
        counts.doubled += 1;
        return;
      }
      counts.delivered += 1;
      deliveredAt[index] = lastNews;
      if (ackedAt[index] !== 0 && !refusals.has(index)) finish(index);
    },
    refused(index, code) {
      lastNews = performance.now();
      // It was shown from the log before its own answer failed.
      if (ackedAt[index] !== 0 || refusals.has(index)) return;
      refusals.set(index, code);
      addRefusal(code, 1);
      finish(index);
    },
    closed() {
      if (!isOver) counts.closed += 1;
    },
  };
  const addRefusal = (code: string, count: number): void =>
    void counts.refused.set(code, (counts.refused.get(code) ?? 0) + count);

  const pairs = await inParallel(connecting, [...Array(pairCount).keys()], async () => ({
    from: await target.newPerson(),
    to: await target.newPerson(),
  }));
  const [lines, listening]: [Line[], Line[]] = [[], []];
  await inParallel(connecting, pairs, async ({ from, to }, index) => {
    listening[index] = await surface.open(target.url, { ...to, role: "receiver" }, events);
    lines[index] = await surface.open(target.url, { ...from, role: "sender" }, events);
  });

  return {
    pairs,
    counts,
    sentAt,
    ackedAt,
    deliveredAt,
    pairOf,
    send(pair) {
      const index = counts.sent;
      counts.sent += 1;
      pairOf[index] = pair;
      ackedAt[index] = 0;
      deliveredAt[index] = 0;
      sentAt[index] = performance.now();
      lines[pair]?.send(index, pairs[pair]?.to.id ?? 0);
    },
    onFinished(told) {
      listener = told;
    },
    async settle(silenceMs) {
      lastNews = performance.now();
      while (finished < counts.sent && performance.now() - lastNews < silenceMs) {
        // oxlint-disable-next-line no-await-in-loop -- looks again until all is quiet
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close() {
      isOver = true;
      for (const line of [...lines, ...listening]) line.close();
    },
  };
}
