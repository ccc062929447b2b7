import { expect, test } from "vitest";
import { asManyAsFit } from "../bench/measures/idle.ts";
import { anObjectEach, aSocketEach } from "../bench/targets/target.ts";

const scale = { from: 2_000, to: 10_000, settleMs: 0, wave: 1_000 };

test.each([
  { openFiles: Infinity, files: anObjectEach, to: 10_000 },
  { openFiles: 65_536, files: anObjectEach, to: 10_000 },
  { openFiles: 20_000, files: anObjectEach, to: 7_000 },
  { openFiles: 20_000, files: aSocketEach, to: 10_000 },
])("the benchmark opens $to idle connections where $openFiles files fit", (given) => {
  expect(asManyAsFit(scale, given.files, given.openFiles)).toBe(given.to);
});

test.each([10_240, 1_024])("the benchmark says that %d open files are too few", (openFiles) => {
  expect(() => asManyAsFit(scale, anObjectEach, openFiles)).toThrow("ulimit -n is too low");
});
