import { beforeEach, describe, expect, it } from "vitest";
import {
  createGatheredUnreadCounters,
  type JoiningUnreadCounters,
} from "../../src/adapters/redis/gathered-unread-counters.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { UnreadCounters } from "../../src/ports/unread-counters.ts";

/** A clock that stands still until it is told to go on. */
class ManualClock implements Clock {
  time = 1_800_000_000_000;
  readonly #timers = new Set<{ ms: number; until: number; work: () => void }>();

  /** Timers that nobody stopped. */
  get running(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.time;
  }

  every(ms: number, work: () => void): () => void {
    const timer = { ms, until: this.time + ms, work };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Here nothing waits for company. */
  async sleep(): Promise<void> {}

  /** Time goes by in a process that has nothing else to do. */
  async passIdly(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1) {
      this.pass(1);
      await new Promise(setImmediate);
    }
  }

  pass(ms: number): void {
    this.time += ms;
    for (const timer of [...this.#timers].filter(({ until }) => until <= this.time)) {
      timer.until = this.time + timer.ms;
      timer.work();
    }
  }
}

let clock: ManualClock;
let calls: number;
let behave: () => Promise<null>;
let guarded: UnreadCounters;

const down = async () => {
  throw new Error("down");
};
const well = async () => null;
const silent = () => new Promise<null>(() => {});

beforeEach(() => {
  clock = new ManualClock();
  calls = 0;
  behave = well;
  const call = async () => {
    calls += 1;
    return behave();
  };
  const inner: JoiningUnreadCounters = {
    putAll: async () => void (await call()),
    put: async () => void (await call()),
    fill: async () => void (await call()),
    read: call,
  };
  guarded = createGatheredUnreadCounters(inner, { clock });
});

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "fine",
    (error: unknown) => (error as Error).message,
  );
}

async function fail(times: number): Promise<void> {
  behave = down;
  for (let index = 0; index < times; index += 1) await messageOf(guarded.read(1));
}

const leftAlone = "Redis is left alone for now";

describe("counters behind a breaker", () => {
  it("pass calls through while all is well", async () => {
    await guarded.put(1, []);
    await guarded.fill(1, []);
    expect(await guarded.read(1)).toBeNull();
    expect(calls).toBe(3);
    expect(clock.running).toBe(0);
  });

  it("hand on the failure of a call", async () => {
    behave = down;
    expect(await messageOf(guarded.put(1, []))).toBe("down");
  });

  it("give a call 250 ms", async () => {
    behave = silent;
    const outcome = messageOf(guarded.read(1));
    let isSettled = false;
    void outcome.then(() => (isSettled = true));
    await clock.passIdly(249);
    expect(isSettled).toBe(false);
    await clock.passIdly(1);
    expect(await outcome).toBe("Redis did not answer in time");
  });

  it("do not take their own process's delay for Redis's", async () => {
    let answer: (value: null) => void = () => {};
    behave = () => new Promise((resolve) => (answer = resolve));
    const outcome = messageOf(guarded.read(1));
    clock.pass(10_000);
    await new Promise(setImmediate);
    answer(null);
    expect(await outcome).toBe("fine");
  });

  it("fail at once for 30 s after five failures in a row", async () => {
    await fail(5);
    behave = well;
    expect(await messageOf(guarded.read(1))).toBe(leftAlone);
    clock.pass(29_999);
    expect(await messageOf(guarded.put(1, []))).toBe(leftAlone);
    expect(calls).toBe(5);
    clock.pass(1);
    expect(await messageOf(guarded.fill(1, []))).toBe("fine");
    expect(await messageOf(guarded.read(1))).toBe("fine");
  });

  it("count five time-outs as five failures", async () => {
    behave = silent;
    const outcomes = Array.from({ length: 5 }, () => messageOf(guarded.read(1)));
    await clock.passIdly(250);
    await Promise.all(outcomes);
    expect(await messageOf(guarded.read(1))).toBe(leftAlone);
  });

  it("forget failures when a call succeeds", async () => {
    await fail(4);
    behave = well;
    await guarded.read(1);
    await fail(4);
    behave = well;
    expect(await messageOf(guarded.read(1))).toBe("fine");
  });

  it("let one call through after the 30 s, and fail the others meanwhile", async () => {
    await fail(5);
    clock.pass(30_000);
    let answer: (value: null) => void = () => {};
    behave = () => new Promise((resolve) => (answer = resolve));
    const probe = messageOf(guarded.read(1));
    expect(await messageOf(guarded.read(1))).toBe(leftAlone);
    expect(calls).toBe(6);
    answer(null);
    expect(await probe).toBe("fine");
    behave = well;
    expect(await messageOf(guarded.read(1))).toBe("fine");
  });

  it("wait another 30 s when that call fails", async () => {
    await fail(5);
    clock.pass(30_000);
    expect(await messageOf(guarded.read(1))).toBe("down");
    clock.pass(29_999);
    expect(await messageOf(guarded.read(1))).toBe(leftAlone);
    clock.pass(1);
    expect(await messageOf(guarded.read(1))).toBe("down");
    expect(calls).toBe(7);
  });

  it("try again although that call vanished with the request it belonged to", async () => {
    await fail(5);
    clock.pass(30_000);
    behave = silent;
    void guarded.read(1).catch(() => undefined);
    behave = well;
    expect(await messageOf(guarded.read(1))).toBe(leftAlone);
    clock.time += 30_000;
    expect(await messageOf(guarded.read(1))).toBe("fine");
  });
});
