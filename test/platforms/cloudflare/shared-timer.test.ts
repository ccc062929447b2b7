import { describe, expect, it, vi } from "vitest";
import { createSharedTimer } from "../../../src/platforms/cloudflare/shared-timer.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a timer that waits share", () => {
  it("does each work after its time, time after time, until it is stopped", async () => {
    const { every } = createSharedTimer();
    const done: string[] = [];
    const stopSlow = every(90, () => done.push("slow"));
    const stopQuick = every(40, () => done.push("quick"));
    await vi.waitFor(() => expect(done).toContain("slow"));
    expect(done.slice(0, 2)).toEqual(["quick", "quick"]);
    stopQuick();
    stopSlow();
    const before = done.length;
    await sleep(150);
    expect(done).toHaveLength(before);
  });

  it("may be stopped by what it does, and by another's work", async () => {
    const { every } = createSharedTimer();
    const done: string[] = [];
    const stopFirst = every(20, () => {
      done.push("first");
      stopFirst();
      stopSecond();
    });
    const stopSecond = every(20, () => done.push("second"));
    await sleep(80);
    expect(done).toEqual(["first"]);
  });

  it("sets one timer for waits that are given up, and none that lasts [PRES-1]", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const { every } = createSharedTimer();
    for (let count = 0; count < 100; count += 1) every(9_500, () => undefined)();
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([1_000]);
    await sleep(1_100);
    // The second one is this test's own.
    expect(timers).toHaveBeenCalledTimes(2);
    timers.mockRestore();
  });
});
