import { describe, expect, it } from "vitest";
import { clientIdSchema, idSchema } from "../../src/protocol/ids.ts";

describe("an id", () => {
  it.each<[unknown, number]>([
    [1, 1],
    ["1", 1],
    ["0042", 42],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [String(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
  ])("of %j is %j [ID-1]", (given, id) => {
    expect(idSchema.parse(given)).toBe(id);
  });

  it.each([
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    "9007199254740992",
    "",
    " 1",
    "1.0",
    "0x1",
    "１",
    true,
    null,
    [1],
    { id: 1 },
  ])("is not %j [ID-1]", (given) => {
    expect(idSchema.safeParse(given).success).toBe(false);
  });
});

describe("a client id", () => {
  it.each(["a", "A-z_0", "x".repeat(64), crypto.randomUUID()])("may be %s [SEND-2]", (given) => {
    expect(clientIdSchema.parse(given)).toBe(given);
  });

  it.each(["", "x".repeat(65), "a b", "a\n", "é", "a/b", 5])("is not %j [SEND-2]", (given) => {
    expect(clientIdSchema.safeParse(given).success).toBe(false);
  });
});
