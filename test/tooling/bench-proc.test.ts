import { describe, expect, test } from "vitest";
import {
  parseBusySeconds,
  parseOpenFilesLimit,
  parseProcessStat,
  parsePss,
  parseStolenSeconds,
  treeOf,
} from "../bench/proc.ts";

const stat = (id: number, parent: number): string =>
  `${id} (a name) with (both)) S ${parent} 1 1 0 -1 4194560 5 6 0 0 123 77 9 9 20 0 11 0 100`;

describe("what the benchmark reads from /proc", () => {
  test("a process's CPU is user and kernel time, whatever its name looks like", () => {
    expect(parseProcessStat(stat(41, 7))).toEqual({
      id: 41,
      name: "a name) with (both)",
      parent: 7,
      cpuSeconds: 2,
    });
  });

  test("a tree has all descendants, in whatever order they are listed, and nobody else", () => {
    const all = [stat(30, 20), stat(20, 10), stat(99, 1), stat(10, 1)].map(parseProcessStat);
    expect(treeOf(10, all).map(({ id }) => id)).toEqual([30, 20, 10]);
    expect(treeOf(77, all)).toEqual([]);
  });

  test("busy is everything but idling and waiting", () => {
    const text = "cpu  100 10 50 4000 300 5 35 0 0 0\ncpu0 1 1 1 1 1 1 1 0 0 0\nintr 1\n";
    expect(parseBusySeconds(text)).toBe(2);
  });

  test("the hard limit of open files counts, as servers raise their own to it", () => {
    const text = (hard: string): string =>
      `Max processes 1 2 processes\nMax open files            1024                 ${hard}   files\n`;
    expect(parseOpenFilesLimit(text("524288"))).toBe(524_288);
    expect(parseOpenFilesLimit(text("unlimited"))).toBe(Infinity);
  });

  test("stolen is what other machines on the host had, and is not busy", () => {
    const text = "cpu  100 10 50 4000 300 5 35 250 0 0\ncpu0 1 1 1 1 1 1 1 99 0 0\n";
    expect(parseStolenSeconds(text)).toBe(2.5);
    expect(parseBusySeconds(text)).toBe(2);
    expect(parseStolenSeconds("cpu  1 1 1 1\n")).toBe(0);
  });

  test("memory is the proportional set size", () => {
    expect(
      parsePss("1-2 ---p 0 00:00 0 [rollup]\nRss:  900 kB\nPss:  512 kB\nPss_Anon: 1 kB"),
    ).toBe(512);
    expect(parsePss("")).toBe(0);
  });
});
