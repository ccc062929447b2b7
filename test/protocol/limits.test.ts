import { describe, expect, test } from "vitest";
import { defaultLimits, parseLimits } from "../../src/protocol/limits.ts";

describe("limits", () => {
  test("are the defaults where nothing else is said", () => {
    expect(parseLimits(undefined)).toEqual(defaultLimits);
    expect(parseLimits("")).toEqual(defaultLimits);
    expect(parseLimits('{"graceMs":0,"sendPerSecond":0.5}')).toEqual({
      ...defaultLimits,
      graceMs: 0,
      sendPerSecond: 0.5,
    });
  });

  test.each(["x", "[]", "null", "1", '"text"'])("%s is no object", (text) => {
    expect(() => parseLimits(text)).toThrow(/^LIMITS must be a JSON object like \{.*\}$/);
  });

  test.each(['{"nope":1}', '{"toString":1}', '{"__proto__":1}'])("%s names no limit", (text) => {
    expect(() => parseLimits(text)).toThrow(/^LIMITS: there is no limit ".*"; there are .*$/);
  });

  test.each(['{"pageMax":"9"}', '{"pageMax":-1}', '{"pageMax":1e999}', '{"pageMax":null}'])(
    "%s is no number from 0 up",
    (text) => {
      expect(() => parseLimits(text)).toThrow(/^LIMITS: pageMax must be a number from 0 up, .*$/);
    },
  );
});
