import type { Target } from "./targets/target.ts";
import type { Traffic } from "./traffic.ts";

/** The measurement is worth nothing. */
export class BrokenPromise extends Error {}

export interface Verified {
  /** Messages that are stored though nobody heard of it; null where the rows cannot be seen. */
  storedUnheard: number | null;
}

const looks = 6;
const betweenLooksMs = 2_000;

/** What was acknowledged is stored, once, and unread counts are exact; else it throws. */
export async function verify(target: Target, traffic: Traffic): Promise<Verified> {
  for (let look = 1; ; look += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- looks again
      return await compare(target, traffic);
    } catch (error) {
      // What was given up may still be on its way into the database.
      if (countRefused(traffic) === 0 || look === looks) throw error;
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
    }
  }
}

async function compare(target: Target, traffic: Traffic): Promise<Verified> {
  const { pairs, counts } = traffic;
  const rows = await target.stored(pairs.map(({ from }) => from.id));
  const expected = new Map(pairs.map(({ to }) => [to.id, 0]));
  let storedUnheard = 0;
  for (let index = 0; index < counts.sent; index += 1) {
    const isAcknowledged = traffic.ackedAt[index] !== 0;
    const times = rows === null ? Number(isAcknowledged) : (rows.get(index) ?? 0);
    if (times > 1) throw new BrokenPromise(`message ${index} is stored ${times} times`);
    if (isAcknowledged && times === 0) throw new BrokenPromise(`message ${index} is lost`);
    if (!isAcknowledged) storedUnheard += times;
    const reader = pairs[traffic.pairOf[index] ?? -1]?.to.id ?? -1;
    expected.set(reader, (expected.get(reader) ?? 0) + times);
  }
  await Promise.all(
    pairs.map(async ({ to }) => {
      for (const [place, count] of Object.entries(await target.unread(to))) {
        if (count === expected.get(to.id)) continue;
        const said = `${place} says that ${count} are unread for ${to.id}`;
        throw new BrokenPromise(`${said}; ${expected.get(to.id)} are stored`);
      }
    }),
  );
  return { storedUnheard: rows === null ? null : storedUnheard };
}

/** For loads that a server should carry: each message was answered, and whatever was acknowledged arrived. */
export function expectAllArrived(traffic: Traffic): void {
  const { sent, acknowledged, delivered, doubled, closed } = traffic.counts;
  const refused = countRefused(traffic);
  const missing = traffic.ackedAt.filter((at, index) => at !== 0 && !traffic.deliveredAt[index]);
  const isAnswered = acknowledged > 0 && sent === acknowledged + refused;
  if (isAnswered && missing.length === 0 && doubled === 0 && closed === 0) return;
  const reasons = [...traffic.counts.refused].map(([code, count]) => `${count} × ${code}`);
  throw new BrokenPromise(
    `of ${sent} sent, ${acknowledged} were acknowledged and ${missing.length} of these not delivered; ` +
      `${delivered} were delivered, ${doubled} twice; refused: ${reasons.join(", ") || "none"}; ` +
      `${closed} connections were closed`,
  );
}

export function countRefused({ counts }: Traffic): number {
  return [...counts.refused.values()].reduce((sum, count) => sum + count, 0);
}
