import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RedisClient } from "../../src/adapters/redis/client.ts";
import { checkRedis } from "../../src/adapters/redis/client.ts";
import { createRedisUnreadCounters } from "../../src/adapters/redis/unread-counters.ts";
import { createUpstashClient } from "../../src/adapters/redis/upstash-client.ts";
import { createEmbeddedRedis } from "../../src/platforms/local/embedded-redis.ts";
import { connectRedis } from "../../src/platforms/local/real-redis.ts";
import type { RedisEngine } from "../../src/platforms/local/redis-engine.ts";
import { createUpstashEndpoint } from "../../src/platforms/local/upstash-endpoint.ts";
import type { UpstashEndpoint } from "../../src/platforms/local/upstash-endpoint.ts";
import { testUnreadCounters } from "../contracts/unread-counters.ts";
import { realRedisUrl } from "../support/real-services.ts";

const realUrl = await realRedisUrl();
const days = 24 * 60 * 60;

function testEngine(createEngine: () => Promise<RedisEngine>): void {
  const run = `test:${randomUUID()}:`;
  let engine: RedisEngine;
  let endpoint: UpstashEndpoint;
  let client: RedisClient;

  beforeAll(async () => {
    engine = await createEngine();
    endpoint = await createUpstashEndpoint(engine);
    client = createUpstashClient({ ...endpoint, timeoutMs: 5_000 });
  });

  async function flush(prefix: string): Promise<void> {
    const keys = (await client.send("KEYS", [`${prefix}*`])) as string[];
    if (keys.length > 0) await client.send("DEL", keys);
  }

  afterAll(async () => {
    await flush(run);
    await endpoint.close();
    await engine.close();
  });

  function create() {
    const prefix = `${run}${randomUUID()}:`;
    const counters = createRedisUnreadCounters(client, { prefix });
    return { prefix, counters, flush: () => flush(prefix) };
  }

  testUnreadCounters(async () => create());

  const one = { conversationId: 1, version: 3, count: 2, otherUserId: 2, otherUserName: "Bob" };

  it("answers a check", async () => {
    expect(await checkRedis(client)).toBe("answers");
  });

  it("keeps one key a user and renews its thirty days with each write", async () => {
    const { prefix, counters } = create();
    await counters.fill(7, [one]);
    expect(await client.send("KEYS", [`${prefix}*`])).toEqual([`${prefix}7`]);
    await client.send("EXPIRE", [`${prefix}7`, "100"]);
    await counters.put(7, [{ ...one, version: 4 }]);
    expect(await client.send("TTL", [`${prefix}7`])).toBeGreaterThan(30 * days - 60);
    expect(await client.send("TTL", [`${prefix}7`])).toBeLessThanOrEqual(30 * days);
  });

  it.each([
    ["no JSON", "what is this"],
    ["too few parts", "[1,2,3]"],
    ["a fraction", `[1,1.5,3,4,"x"]`],
    ["another type", "{}"],
  ])("takes a set with %s in it for incomplete, and a fill heals it", async (_, value) => {
    const { prefix, counters } = create();
    await counters.fill(7, [one]);
    await client.send("HSET", [`${prefix}7`, "1", value]);
    expect(await counters.read(7)).toBeNull();
    await counters.fill(7, [{ ...one, version: 9 }]);
    expect(await counters.read(7)).toEqual([{ ...one, version: 9 }]);
  });

  it("says what is wrong without the command or the address", async () => {
    const { prefix, counters } = create();
    await client.send("SET", [`${prefix}7`, "a string"]);
    const failure = await counters.fill(7, [one]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ message: "Redis refused or is away" });
    expect((failure as Error).cause).toBeUndefined();
  });
}

describe("unread counters in the embedded Redis", () => {
  testEngine(async () => createEmbeddedRedis());
});

describe.runIf(realUrl)("unread counters in a real Redis", () => {
  testEngine(() => connectRedis(realUrl!));
});
