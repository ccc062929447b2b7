import { taken } from "../measurement.ts";
import type { Taken } from "../measurement.ts";
import { openWindow } from "../meter.ts";
import type { Window } from "../meter.ts";
import { median } from "../statistics.ts";
import { openTraffic } from "../traffic.ts";
import type { Traffic } from "../traffic.ts";
import { expectAllArrived, verify } from "../verify.ts";
import type { Subject } from "./subject.ts";

export interface GrowthOptions {
  messages: number;
  blocks: number;
  blockSize: number;
}

const silenceMs = 15_000;
const [small, large] = [0, 1];

/**
 * A new conversation against one with many messages: what a send and a first page of history cost. They take turns, a block
 * each; the new one gets a full page in its first block, which counts for neither.
 */
export async function measureGrowth(
  { target, surface }: Subject,
  { messages, blocks, blockSize }: GrowthOptions,
): Promise<Taken | null> {
  const { growth } = target;
  if (growth === null) return null;
  const traffic = await openTraffic(target, surface, 2);
  try {
    await growth.fill(traffic.pairs[large]!, messages);
    const costs = [createCosts(), createCosts()];
    const whole = openWindow(target.watched);
    for (let block = 0; block <= blocks; block += 1) {
      for (const pair of [small, large]) {
        const close = openWindow(target.watched);
        const sends = await timeEach(blockSize, () => sendAndWait(traffic, pair));
        const window = close();
        const pages = await timeEach(blockSize / 5, () => growth.readHistory(traffic.pairs[pair]!));
        if (block > 0) costs[pair]?.add({ sends, pages, window });
      }
    }
    const window = whole();
    expectAllArrived(traffic);
    await verify(target, traffic);
    const [few, many] = [costs[small]!.figures(), costs[large]!.figures()];
    return taken(window, traffic.counts.sent, {
      stored_messages: messages,
      send_ms_few: few.send,
      send_ms_many: many.send,
      send_ratio: many.send / few.send,
      send_cpu_ratio: few.cpu === 0 ? null : many.cpu / few.cpu,
      page_ms_few: few.page,
      page_ms_many: many.page,
      page_ratio: many.page / few.page,
    });
  } finally {
    traffic.close();
  }
}

interface Block {
  sends: number[];
  pages: number[];
  window: Window;
}

function createCosts() {
  const sends: number[] = [];
  const pages: number[] = [];
  let cpu = 0;
  return {
    add(block: Block) {
      sends.push(...block.sends);
      pages.push(...block.pages);
      const { server, endpoint, postgres, redis } = block.window.cpu;
      cpu += (server ?? 0) + (endpoint ?? 0) + (postgres ?? 0) + (redis ?? 0);
    },
    figures: () => ({ send: median(sends), page: median(pages), cpu }),
  };
}

function sendAndWait(traffic: Traffic, pair: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("a send got no answer")), silenceMs);
    traffic.onFinished(() => {
      clearTimeout(timer);
      resolve();
    });
    traffic.send(pair);
  });
}

async function timeEach(times: number, work: () => Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  for (let each = 0; each < times; each += 1) {
    const started = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    await work();
    taken.push(performance.now() - started);
  }
  return taken;
}
