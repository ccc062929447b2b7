import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { failFast } from "../../../src/platforms/bun/postgres.ts";

/** A database that lets whoever connects wait until it is known whether it is there. */
function createStandIn() {
  const waiting: PromiseWithResolvers<string>[] = [];
  const released: string[] = [];
  const connect = (): Promise<string> => {
    waiting.push(Promise.withResolvers<string>());
    return waiting.at(-1)!.promise;
  };
  const reserve = failFast(connect, (session) => void released.push(session));
  return { waiting, released, reserve };
}

describe("connections to a Postgres that is away", () => {
  it("are looked for once at a time, and everyone knows at once that there are none [ERR-2]", async () => {
    const { waiting, released, reserve } = createStandIn();
    const first = [reserve(), reserve()];
    for (const { reject } of waiting) reject(new Error("refused"));
    await Promise.allSettled(first);
    for (const again of [reserve(), reserve()]) await expect(again).rejects.toThrow("refused");
    expect(waiting).toHaveLength(3);
    waiting[2]?.reject(new Error("still refused"));
    await nextTurn();
    await expect(reserve()).rejects.toThrow("still refused");
    expect([waiting.length, released]).toEqual([4, []]);
  });

  it("are everyone's again once one was made", async () => {
    const { waiting, released, reserve } = createStandIn();
    const first = reserve();
    waiting[0]?.reject(new Error("refused"));
    await expect(first).rejects.toThrow("refused");
    await expect(reserve()).rejects.toThrow("refused");
    waiting[1]?.resolve("found");
    await nextTurn();
    expect(released).toEqual(["found"]);
    const both = [reserve(), reserve()];
    for (const { resolve } of waiting) resolve("a session");
    expect(await Promise.all(both)).toEqual(["a session", "a session"]);
  });
});
