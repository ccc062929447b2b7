import { describe, expect, test } from "vitest";
import type { MessageRow } from "../../src/client/message-row.ts";
import { createFormat } from "../../src/react/format.ts";
import { countPrepended, createItems, createPlaces } from "../../src/react/message-items.ts";
import type { MessageItem } from "../../src/react/message-items.ts";
import { sampleMessage, sampleUser } from "../support/sample-chat-client.ts";

const alice = sampleUser(1, "Alice Moreau");
const bob = sampleUser(2, "Bob Okafor");
const placeOf = createPlaces(createFormat({ locale: "en-US", timeZone: "UTC" }));

function row(id: number, timestamp: string, mine = false): MessageRow {
  const [from, to] = mine ? [alice, bob] : [bob, alice];
  return sampleMessage({ id, from, to, mine, key: `m${id}`, timestamp });
}

/** Each line in short: `m1[` opens a group, `m2]` closes one, `m3[]` stands alone. */
function linesOf(messages: MessageRow[], rest: { firstUnread?: string; hasOlder?: boolean } = {}) {
  const items = createItems({ messages, firstUnread: null, hasOlder: true, ...rest }, placeOf);
  return items.map((item: MessageItem) => {
    if (item.type !== "message") return item.type;
    return `${item.key}${item.first ? "[" : ""}${item.last ? "]" : ""}`;
  });
}

describe("the lines of a conversation", () => {
  test("stand under their days, and together while one person writes", () => {
    const messages = [
      row(1, "2026-03-03T23:57:00Z"),
      row(2, "2026-03-03T23:58:00Z"),
      row(3, "2026-03-03T23:59:00Z", true),
      row(4, "2026-03-04T00:00:00Z", true),
      row(5, "2026-03-04T00:04:59Z", true),
      row(6, "2026-03-04T00:10:00Z", true),
    ];
    expect(linesOf(messages)).toEqual([
      "day",
      "m1[",
      "m2]",
      "m3[]",
      "day",
      "m4[",
      "m5]",
      "m6[]",
      "end",
    ]);
  });

  test("have the mark before the first unread one", () => {
    const messages = [row(1, "2026-03-03T10:00:00Z"), row(2, "2026-03-03T10:00:01Z")];
    expect(linesOf(messages, { firstUnread: "m2" })).toEqual([
      "day",
      "m1[]",
      "unread",
      "m2[]",
      "end",
    ]);
  });

  test("start with where the conversation starts, once that is known", () => {
    expect(linesOf([], { hasOlder: false })).toEqual(["beginning", "end"]);
    expect(linesOf([row(1, "2026-03-03T10:00:00Z")], { hasOlder: false })[0]).toBe("beginning");
  });

  test("have keys of their own", () => {
    const messages = Array.from({ length: 50 }, (_row, index) =>
      row(index + 1, new Date(Date.UTC(2026, 0, 1) + index * 40_000_000).toISOString()),
    );
    const items = createItems({ messages, firstUnread: "m20", hasOlder: false }, placeOf);
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
  });
});

describe("lines that came in above", () => {
  const day = (from: number, to: number, hasOlder = true) =>
    createItems(
      {
        messages: Array.from({ length: to - from + 1 }, (_row, index) =>
          row(from + index, `2026-03-03T10:${String(from + index).padStart(2, "0")}:00Z`),
        ),
        firstUnread: null,
        hasOlder,
      },
      placeOf,
    );

  test("are counted by where the first message went", () => {
    expect(countPrepended(day(5, 9), day(1, 9))).toBe(4);
    expect(countPrepended(day(5, 9), day(1, 9, false))).toBe(5);
    expect(countPrepended(day(5, 9), day(5, 9, false))).toBe(1);
  });

  test("are none where messages came in below, or everything is another", () => {
    expect(countPrepended(day(5, 9), day(5, 12))).toBe(0);
    expect(countPrepended(day(5, 9), day(20, 30))).toBe(0);
    expect(countPrepended([], day(1, 3))).toBe(0);
  });
});
