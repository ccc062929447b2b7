import { describe, expect, test } from "vitest";
import { createFormat } from "../../src/react/format.ts";

const now = Date.parse("2026-03-03T15:04:00Z");
const vienna = createFormat({ locale: "en-GB", timeZone: "Europe/Vienna" });
const auckland = createFormat({ locale: "en-US", timeZone: "Pacific/Auckland" });
const berlin = createFormat({ locale: "de-DE", timeZone: "Europe/Berlin" });

describe("a time in a list", () => {
  test.each([
    ["2026-03-03T09:05:00Z", "10:05"],
    ["2026-03-02T23:30:00Z", "00:30"],
    ["2026-03-02T22:30:00Z", "Mon"],
    ["2026-02-25T12:00:00Z", "Wed"],
    ["2026-02-24T12:00:00Z", "24 Feb"],
    ["2025-12-31T22:59:00Z", "31/12/2025"],
    ["2025-12-31T23:01:00Z", "1 Jan"],
  ])("%s is %s where the reader is", (moment, expected) => {
    expect(vienna.short(moment, now)).toBe(expected);
  });
});

describe("a day of messages", () => {
  test.each([
    ["2026-03-03T00:00:00Z", "Today"],
    ["2026-03-02T12:00:00Z", "Yesterday"],
    ["2026-02-27T12:00:00Z", "Friday"],
    ["2026-02-03T12:00:00Z", "3 February 2026"],
    ["2026-03-05T12:00:00Z", "5 March 2026"],
  ])("%s is %s", (moment, expected) => {
    expect(vienna.day(moment, now)).toBe(expected);
  });

  test("begins at midnight where the reader is", () => {
    expect(vienna.dayKey("2026-03-02T23:30:00Z")).toBe("2026-03-03");
    expect(auckland.dayKey("2026-03-03T11:30:00Z")).toBe("2026-03-04");
    expect(auckland.day("2026-03-03T11:30:00Z", now)).toBe("Today");
  });

  test("speaks the reader's language", () => {
    expect(berlin.day("2026-03-02T12:00:00Z", now)).toBe("Gestern");
    expect(berlin.ago("2026-03-03T14:59:00Z", now)).toBe("vor 5 Minuten");
  });
});

describe("how long ago", () => {
  test.each([
    [0, "now"],
    [-60_000, "now"],
    [59_999, "now"],
    [60_000, "1 minute ago"],
    [3_599_999, "59 minutes ago"],
    [3_600_000, "1 hour ago"],
    [14 * 3_600_000, "14 hours ago"],
    [24 * 3_600_000, "yesterday"],
    [6 * 24 * 3_600_000, "6 days ago"],
    [30 * 24 * 3_600_000, "1 February 2026"],
  ])("%d ms is %s", (past, expected) => {
    expect(vienna.ago(now - past, now)).toBe(expected);
  });
});

describe("a size", () => {
  test.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1 kB"],
    [999 * 1024, "999 kB"],
    [999.6 * 1024, "1 MB"],
    [1.44 * 1024 ** 2, "1.4 MB"],
    [25 * 1024 ** 2, "25 MB"],
    [3 * 1024 ** 4, "3,072 GB"],
  ])("of %d bytes is %s", (bytes, expected) => {
    expect(vienna.fileSize(bytes)).toBe(expected);
  });
});
