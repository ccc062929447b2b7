import { describe, expect, it } from "vitest";
import { createSendLoad } from "../../src/core/send-load.ts";

const rule = { sendsWaiting: 10, sendWaitMs: 500 };
const start = 1_800_000_000_000;

/** Sends come and are answered in their order, so many a second each, for some seconds. */
function play({ come, carry, seconds }: { come: number; carry: number; seconds: number }) {
  const load = createSendLoad(rule);
  const queue: { at: number }[] = [];
  let [answered, refused, longest] = [0, 0, 0];
  for (let ms = 1; ms <= seconds * 1_000; ms += 1) {
    const due = (rate: number): number =>
      Math.floor((ms * rate) / 1_000) - Math.floor(((ms - 1) * rate) / 1_000);
    for (let count = due(come); count > 0; count -= 1) {
      const send = { at: ms };
      if (load.enter(send, start + ms).allowed) queue.push(send);
      else refused += 1;
    }
    for (const send of queue.splice(0, due(carry))) {
      load.leave(send);
      answered += 1;
      longest = Math.max(longest, ms - send.at);
    }
  }
  return { answered, refused, longest };
}

describe("the load of sends", () => {
  it.each([
    { come: 900, carry: 1_000 },
    { come: 5, carry: 5 },
  ])("refuses nothing where $come come and $carry can be carried [SEND-7]", (rates) => {
    expect(play({ ...rates, seconds: 10 }).refused).toBe(0);
  });

  it.each([
    { come: 400, carry: 200 },
    { come: 2_000, carry: 1_000 },
    { come: 8_000, carry: 4_000 },
  ])(
    "at twice what can be carried, $carry, answers in time and wastes nothing [SEND-7]",
    (rates) => {
      const { answered, refused, longest } = play({ ...rates, seconds: 10 });
      expect(longest).toBeLessThan(750);
      expect(answered).toBeGreaterThanOrEqual(rates.carry * 10 - 1);
      expect(refused).toBeGreaterThan(rates.carry * 9);
    },
  );

  it("lets a rush in that shows within half a second that it can be carried [SEND-7]", () => {
    const load = createSendLoad(rule);
    const sends = Array.from({ length: 1_000 }, () => ({}));
    const enter = (send: object, ms: number): boolean => load.enter(send, start + ms).allowed;
    expect(sends.every((send) => enter(send, 0))).toBe(true);
    for (const send of sends.slice(0, 600)) load.leave(send);
    expect(enter({}, 500)).toBe(true);
  });

  it("is refused beyond ten once nothing was answered for half a second, and let in when it is over [SEND-7]", () => {
    const load = createSendLoad(rule);
    const sends = Array.from({ length: 20 }, () => ({}));
    for (const send of sends) expect(load.enter(send, start).allowed).toBe(true);
    expect(load.enter({}, start + 499).allowed).toBe(true);
    expect(load.enter({}, start + 500)).toEqual({ allowed: false, retryAfterMs: 1_000 });
    for (const send of sends.slice(0, 12)) load.leave(send);
    expect(load.enter({}, start + 501)).toEqual({ allowed: true, retryAfterMs: 0 });
  });

  it("forgets what was broken off and never left [SEND-7]", () => {
    const load = createSendLoad(rule);
    for (let count = 0; count < 20; count += 1) load.enter({}, start);
    expect(load.enter({}, start + 29_999).allowed).toBe(false);
    expect(load.enter({}, start + 30_000).allowed).toBe(true);
  });

  it("counts each send once, however often it leaves [SEND-7]", () => {
    const load = createSendLoad({ sendsWaiting: 1, sendWaitMs: 0 });
    const [one, two] = [{}, {}];
    load.enter(one, start);
    load.leave(one);
    load.leave(one);
    load.enter(two, start);
    expect(load.enter({}, start).allowed).toBe(false);
  });
});
