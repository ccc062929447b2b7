import { describe, expect, test } from "vitest";
import { taken, totalCpu } from "../bench/measurement.ts";
import type { Measurement } from "../bench/measurement.ts";
import { summarize } from "../bench/report/summary.ts";
import { median, medianRatio, percentile } from "../bench/statistics.ts";

describe("the benchmark's statistics", () => {
  test("a percentile is a value that was measured, the lowest that the share does not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([10, 9, 100], 0.5)).toBe(10);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test("the median of an even number is the mean of the two in the middle", () => {
    expect(median([9, 1, 10])).toBe(9);
    expect(median([4, 1, 10, 2])).toBe(3);
    expect(median([])).toBeNaN();
  });

  test("a ratio is the median of the rounds' own ratios, without those that one side lacks", () => {
    expect(medianRatio([10, 30, 8], [5, 10, 8])).toBe(2);
    expect(medianRatio([10, null, 8], [5, 10, null])).toBe(2);
    expect(medianRatio([10], [0])).toBeNull();
    expect(medianRatio([], [])).toBeNull();
  });

  test("CPU seconds of a window become milliseconds a message, and what is unknown stays so", () => {
    const cpu = { server: 1, endpoint: null, postgres: 0.5, redis: null, driver: 2 };
    const { cpu_ms } = taken({ seconds: 10, cpu, foreignCores: 0 }, 1_000, {});
    expect(cpu_ms).toEqual({ server: 1, endpoint: null, postgres: 0.5, redis: null, driver: 2 });
    expect(totalCpu(cpu_ms)).toBe(1.5);
    expect(totalCpu({ ...cpu, server: null })).toBeNull();
    expect(taken({ seconds: 10, cpu, foreignCores: 0 }, 0, {}).cpu_ms.server).toBeNull();
  });

  test("the summary compares each round with the peer's of the same round", () => {
    const rows = summarize([
      measured("socketio", 1, 100),
      measured("workers", 1, 50),
      measured("workers", 2, 40),
      measured("socketio", 2, 40),
      measured("workers", 3, 60),
      measured("socketio", 3, 50),
    ]).filter(({ figure }) => figure === "per_second");
    const common = { measure: "closed-32", figure: "per_second" };
    expect(rows).toEqual([
      { ...common, subject: "socketio", value: 50, lowest: 40, highest: 100, ratio: null },
      { ...common, subject: "workers:ws", value: 50, lowest: 40, highest: 60, ratio: 1 },
    ]);
  });
});

function measured(target: string, round: number, perSecond: number): Measurement {
  return {
    target,
    surface: target === "socketio" ? "socket.io" : "ws",
    measure: "closed-32",
    round,
    attempts: 1,
    seconds: 1,
    foreign_cores: 0,
    messages: perSecond,
    cpu_ms: { server: null, endpoint: null, postgres: null, redis: null, driver: null },
    figures: { per_second: perSecond },
  };
}
