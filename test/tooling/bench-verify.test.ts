import { describe, expect, test } from "vitest";
import type { LineEvents, Surface } from "../bench/surface.ts";
import { aSocketEach, type Target } from "../bench/targets/target.ts";
import { openTraffic } from "../bench/traffic.ts";
import { BrokenPromise, expectAllArrived, verify } from "../bench/verify.ts";

describe("what the benchmark lets pass", () => {
  test("everything acknowledged, delivered and stored once, with exact counts", async () => {
    const { traffic, target, events } = await rig({ stored: [1, 1, 1], unread: 3 });
    for (const index of [0, 1, 2]) {
      events.delivered(index);
      events.acknowledged(index);
    }
    expect(() => expectAllArrived(traffic)).not.toThrow();
    await expect(verify(target, traffic)).resolves.toEqual({ storedUnheard: 0 });
  });

  test("a refusal, also one of a message that came after all", async () => {
    const { traffic, target, events } = await rig({ stored: [1, 1, 1], unread: 3 });
    for (const index of [0, 1]) {
      events.acknowledged(index);
      events.delivered(index);
    }
    events.refused(2, "away");
    expect(() => expectAllArrived(traffic)).not.toThrow();
    await expect(verify(target, traffic)).resolves.toEqual({ storedUnheard: 1 });
    events.acknowledged(2);
    events.delivered(2);
    expect(traffic.counts.refused.get("away")).toBe(0);
    expect(() => expectAllArrived(traffic)).not.toThrow();
  });

  test.each([
    ["a lost row", { stored: [1, 1, 0], unread: 2 }],
    ["a doubled row", { stored: [1, 2, 1], unread: 4 }],
    ["a wrong count", { stored: [1, 1, 1], unread: 2 }],
  ])("not %s", async (_, given) => {
    const { traffic, target, events } = await rig(given);
    for (const index of [0, 1, 2]) events.acknowledged(index);
    await expect(verify(target, traffic)).rejects.toThrow(BrokenPromise);
  });

  test.each<[string, (events: LineEvents) => void]>([
    ["silence", (events) => events.delivered(2)],
    ["an acknowledged message that never comes", (events) => events.acknowledged(2)],
    [
      "a message that comes twice",
      (events) => {
        events.acknowledged(2);
        events.delivered(2);
        events.delivered(2);
      },
    ],
    [
      "a closed connection",
      (events) => {
        events.acknowledged(2);
        events.delivered(2);
        events.closed("slow");
      },
    ],
  ])("not %s", async (_, happen) => {
    const { traffic, events } = await rig({ stored: [], unread: 0 });
    for (const index of [0, 1]) {
      events.acknowledged(index);
      events.delivered(index);
    }
    happen(events);
    expect(() => expectAllArrived(traffic)).toThrow(BrokenPromise);
  });
});

/** One pair whose writer has sent three messages, to a server that says and stores what the test says. */
async function rig({ stored, unread }: { stored: number[]; unread: number }) {
  const heard: LineEvents[] = [];
  const surface: Surface = {
    name: "ws",
    async open(_url, _passenger, events) {
      heard.push(events);
      return { send: () => undefined, close: () => undefined };
    },
  };
  let nextId = 1;
  const target: Target = {
    name: "made up",
    url: "http://localhost:1",
    surfaces: [surface],
    watched: { serverId: null, redisId: null, databaseName: null },
    filesAPerson: aSocketEach,
    newPerson: async () => ({ id: nextId++, token: "" }),
    stored: async () => new Map(stored.entries()),
    unread: async () => ({ somewhere: unread }),
    growth: null,
    output: () => "",
    dispose: async () => undefined,
  };
  const traffic = await openTraffic(target, surface, 1);
  for (let each = 0; each < 3; each += 1) traffic.send(0);
  return { traffic, target, events: heard[0]! };
}
