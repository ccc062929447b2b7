import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Database, Statement } from "../../src/adapters/postgres/database.ts";
import { createGatheredMarks } from "../../src/adapters/postgres/gather-marks.ts";
import { createManualClock } from "../support/manual-clock.ts";

/** A database that notes whose marks each statement is about, and answers when the test says so. */
function createScripted() {
  const asked: { way: "attempt" | "query"; receivers: number[]; answer(): void }[] = [];
  const ask =
    (way: "attempt" | "query") =>
    <T>({ params }: Statement): Promise<T[]> => {
      const given = JSON.parse(String(params[0])) as { receiver_id: number; ids: number[] }[];
      const { promise, resolve } = Promise.withResolvers<T[]>();
      const rows = given.map(({ receiver_id: receiverId, ids: messageIds }) => ({
        receiverId,
        messageIds,
      }));
      const receivers = given.map(({ receiver_id: receiverId }) => receiverId);
      asked.push({ way, receivers, answer: () => resolve(rows as T[]) });
      return promise;
    };
  const database: Database = {
    query: ask("query"),
    attempt: ask("attempt"),
    transaction: () => Promise.reject(new Error("not asked for")),
  };
  return { database, asked };
}

describe("marks that are gathered", () => {
  it("are one statement for those that come at one moment, each with its own answer [READ-2]", async () => {
    const { database, asked } = createScripted();
    const clock = createManualClock(0);
    const mark = createGatheredMarks(database, clock);
    const marks = [1, 2, 3].map((receiverId) => mark(receiverId, [receiverId * 10]));
    await setImmediate();
    expect(asked.map(({ receivers }) => receivers)).toEqual([[1, 2, 3]]);
    asked[0]!.answer();
    const changes = await Promise.all(marks);
    expect(changes.map(([change]) => change?.messageIds)).toEqual([[10], [20], [30]]);
    expect(clock.waiting()).toBe(0);
  });

  it("are made alone where whoever was to make them was broken off, and no longer taken along [READ-2]", async () => {
    const { database, asked } = createScripted();
    const clock = createManualClock(0);
    const mark = createGatheredMarks(database, clock);
    const first = mark(1, [10]);
    await setImmediate();
    const second = mark(2, [20]);
    clock.advance(6_000);
    await setImmediate();
    expect(asked.map(({ way, receivers }) => [way, receivers])).toEqual([
      ["attempt", [1]],
      ["query", [2]],
    ]);
    asked[1]!.answer();
    expect((await second).map(({ messageIds }) => messageIds)).toEqual([[20]]);
    asked[0]!.answer();
    await first;
    expect(asked).toHaveLength(2);
  });
});
