import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRedisHubMemory } from "../../../src/adapters/redis/hub-memory.ts";
import { createRedisHubKeeper } from "../../../src/platforms/bun/redis-hub-keeper.ts";
import { openRedis, type OpenRedis } from "../../../src/platforms/bun/redis.ts";
import { testHubStore } from "../../contracts/hub-store.ts";
import {
  createRedisProcess,
  hasRedisServer,
  type RedisProcess,
} from "../../support/redis-process.ts";
import { sampleEvent } from "../../support/sample.ts";
import { eventually } from "./eventually.ts";

const clock = { now: () => Date.UTC(2026, 0, 9) };
const longMs = 60_000;

describe.skipIf(!hasRedisServer())("hubs in Redis", () => {
  let process: RedisProcess;
  let opened: OpenRedis;

  beforeAll(async () => {
    process = await createRedisProcess();
    opened = await openRedis(process.url);
  });

  afterAll(async () => {
    await opened.close();
    await process.dispose();
  });

  /** One process among those that share the users under this prefix. */
  async function join(prefix: string) {
    const processId = crypto.randomUUID();
    const memory = createRedisHubMemory(opened.redis, { processId, prefix });
    await memory.beat(longMs);
    const keeper = createRedisHubKeeper({ memory, processId, clock });
    const losses: unknown[] = [];
    return {
      memory,
      keeper,
      losses,
      open: (userId = 1) => keeper.open(userId, (error) => losses.push(error)),
    };
  }

  const newPrefix = (): string => `test:${crypto.randomUUID()}:`;

  describe("a hub store in Redis", () => {
    testHubStore(async () => {
      const prefix = newPrefix();
      const log = `${prefix}log:1`;
      return {
        async use(work) {
          const { keeper, open } = await join(prefix);
          const { store, gate } = (await open())!;
          const result = work(store);
          await gate.kept();
          await keeper.close();
          return result;
        },
        async lose(part) {
          if (part === "events") return void (await opened.redis.send("DEL", [log]));
          await opened.redis.send("HDEL", [`${prefix}hub:1`, "conversation:1"]);
        },
        async spoil(number) {
          const index = String(number - 1);
          const text = String(await opened.redis.send("LINDEX", [log, index]));
          const entry = JSON.parse(text) as { body: string };
          const spoilt = JSON.stringify({ ...entry, body: entry.body.slice(0, 20) });
          await opened.redis.send("LSET", [log, index, spoilt]);
        },
      };
    });
  });

  it("has each hub with one process, and with another once that one is gone [HUB-1] [HUB-7]", async () => {
    const prefix = newPrefix();
    const [one, other] = [await join(prefix), await join(prefix)];
    const first = (await one.open())!;
    expect(await other.open()).toBeNull();
    first.store.append("message:1", sampleEvent(1), 512);
    await one.keeper.close();
    const second = (await other.open())!;
    expect([second.store.epoch(), second.store.head()]).toEqual([first.store.epoch(), 1]);
  });

  it("has it with another once it is at rest", async () => {
    const prefix = newPrefix();
    const [one, other] = [await join(prefix), await join(prefix)];
    (await one.open())!.rest();
    const second = await eventually(
      () => other.open(),
      (kept) => kept !== null,
    );
    expect(second?.store.head()).toBe(0);
  });

  it("finds the users of a process that died, once", async () => {
    const prefix = newPrefix();
    const [one, other] = [await join(prefix), await join(prefix)];
    await one.open(1);
    await one.open(2);
    expect(await other.keeper.unsettled()).toEqual([]);
    await one.memory.beat(1);
    const found = await eventually(other.keeper.unsettled, ({ length }) => length > 0);
    expect(found.toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(await other.keeper.unsettled()).toEqual([]);
  });

  it("takes nothing from a process that was taken for dead, and says nothing of it [HUB-3] [HUB-7]", async () => {
    const prefix = newPrefix();
    const [one, other] = [await join(prefix), await join(prefix)];
    const first = (await one.open())!;
    first.store.append("message:1", sampleEvent(1), 512);
    await first.gate.kept();
    await one.memory.leave();
    const second = (await other.open())!;
    const said: string[] = [];
    first.store.append("message:2", sampleEvent(2), 512);
    first.gate.afterwards(() => said.push("message 2"));
    await expect(first.gate.kept()).rejects.toThrow("not this process's");
    expect([said, one.losses.length]).toEqual([[], 1]);
    expect(() => first.store.append("message:3", sampleEvent(3), 512)).toThrow("given up");
    second.store.append("message:4", sampleEvent(4), 512);
    await second.gate.kept();
    expect(second.store.head()).toBe(2);
  });

  it("says nothing before Redis has it, and all of it in order [HUB-3]", async () => {
    const { store, gate } = (await (await join(newPrefix())).open())!;
    const said: number[] = [];
    const tell = (seq: number): void => {
      store.append(`message:${seq}`, sampleEvent(seq), 512);
      gate.afterwards(() => said.push(seq));
    };
    process.freeze();
    tell(1);
    tell(2);
    await new Promise((resolve) => setImmediate(resolve));
    tell(3);
    expect(said).toEqual([]);
    process.thaw();
    await gate.kept();
    expect(said).toEqual([1, 2, 3]);
  });

  it("begins a new epoch when Redis may have forgotten something [HUB-2]", async () => {
    const prefix = newPrefix();
    const one = await join(prefix);
    const first = (await one.open())!;
    first.store.append("message:1", sampleEvent(1), 512);
    await first.gate.kept();
    await process.save();
    first.store.append("message:2", sampleEvent(2), 512);
    await first.gate.kept();
    await process.kill();
    await process.start();
    const ask = () => opened.redis.send("PING", []).catch(() => null);
    await eventually(ask, (answer) => answer === "PONG");
    first.store.append("message:3", sampleEvent(3), 512);
    await expect(first.gate.kept()).rejects.toThrow("not this process's");
    const second = (await (await join(prefix)).open()) ?? (await one.open());
    expect(second!.store.epoch()).not.toBe(first.store.epoch());
    expect(second!.store.entriesAfter(0, 9)).toEqual([]);
  });
});
