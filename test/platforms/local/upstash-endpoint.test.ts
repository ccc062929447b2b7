import { randomUUID } from "node:crypto";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmbeddedRedis } from "../../../src/platforms/local/embedded-redis.ts";
import { connectRedis } from "../../../src/platforms/local/real-redis.ts";
import type { RedisEngine } from "../../../src/platforms/local/redis-engine.ts";
import { createUpstashEndpoint } from "../../../src/platforms/local/upstash-endpoint.ts";
import type { UpstashEndpoint } from "../../../src/platforms/local/upstash-endpoint.ts";
import { realRedisUrl } from "../../support/real-services.ts";
import { createCutableProxy } from "./cutable-proxy.ts";

const redisUrl = await realRedisUrl();
const prefix = `parley-local-test:${randomUUID()}:`;

const engines = [
  { name: "the embedded engine", open: async () => createEmbeddedRedis() },
  { name: "a real Redis", open: () => connectRedis(redisUrl ?? "") },
].filter(({ name }) => name === "the embedded engine" || redisUrl !== null);

describe.each(engines)("the Upstash client on $name", ({ open }) => {
  let engine: RedisEngine;
  let endpoint: UpstashEndpoint;
  let redis: Redis;
  const key = (name: string): string => `${prefix}${name}`;

  beforeAll(async () => {
    engine = await open();
    endpoint = await createUpstashEndpoint(engine);
    redis = new Redis({ url: endpoint.url, token: endpoint.token, retry: false });
    await clear();
  });

  afterAll(async () => {
    await clear();
    await endpoint.close();
    await engine.close();
  });

  async function clear(): Promise<void> {
    const keys = await redis.keys(`${prefix}*`);
    if (keys.length > 0) await redis.del(...keys);
  }

  test("text, objects, nothing and time to live", async () => {
    expect(await redis.set(key("a"), { text: "é ✓", n: 1 })).toBe("OK");
    expect(await redis.get(key("a"))).toEqual({ text: "é ✓", n: 1 });
    expect(await redis.mget(key("a"), key("none"))).toEqual([{ text: "é ✓", n: 1 }, null]);
    expect(await redis.set(key("a"), "other", { nx: true })).toBeNull();
    await redis.expire(key("a"), 100);
    expect(await redis.ttl(key("a"))).toBeGreaterThan(90);
  });

  test("hashes and sorted sets", async () => {
    await redis.hset(key("hash"), { one: 1, two: "two" });
    expect(await redis.hgetall(key("hash"))).toEqual({ one: 1, two: "two" });
    await redis.zadd(key("set"), { score: 1.5, member: "m" }, { score: 2, member: "n" });
    expect(await redis.zrange(key("set"), 0, -1, { withScores: true })).toEqual(["m", 1.5, "n", 2]);
  });

  test("a script runs by its text and, once known, by its hash", async () => {
    const script = redis.createScript<[string, string]>("return {KEYS[1], ARGV[1]}");
    expect(await script.exec(["key"], ["value"])).toEqual(["key", "value"]);
    expect(await redis.evalsha(script.sha1, ["key"], ["value"])).toEqual(["key", "value"]);
    await expect(redis.evalsha("0".repeat(40), [], [])).rejects.toThrow("NOSCRIPT");
  });

  test("a pipeline answers each command in order, the failing ones too", async () => {
    await redis.set(key("text"), "text");
    const results = await redis
      .pipeline()
      .incr(key("count"))
      .incr(key("text"))
      .get(key("text"))
      .exec({ keepErrors: true });
    expect(results).toEqual([
      { result: 1, error: undefined },
      { result: undefined, error: "ERR value is not an integer or out of range" },
      { result: "text", error: undefined },
    ]);
  });

  test("a transaction is all or nothing when a command is malformed", async () => {
    expect(await redis.multi().incr(key("multi")).incr(key("multi")).exec()).toEqual([1, 2]);
    const answer = await post("/multi-exec", [
      ["INCR", key("multi")],
      ["SET", "lonely"],
    ]);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/EXECABORT|wrong number/) },
    });
    expect(await redis.get(key("multi"))).toBe(2);
  });

  test("commands that change or hold the shared connection are refused", async () => {
    for (const command of [["SUBSCRIBE", "x"], ["multi"], ["BLPOP", "x", "0"], ["SELECT", "1"]]) {
      const answer = await post("/", command);
      expect(answer).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining("not available") },
      });
    }
  });

  test("another token is refused", async () => {
    const stranger = new Redis({ url: endpoint.url, token: "guess", retry: false });
    await expect(stranger.get(key("a"))).rejects.toThrow("WRONGPASS");
  });

  test("what is no command is refused", async () => {
    for (const body of [null, {}, "GET", []]) expect((await post("/", body)).status).toBe(400);
    expect((await post("/nowhere", ["PING"])).status).toBe(404);
  });

  async function post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(endpoint.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${endpoint.token}` },
      body: JSON.stringify(body),
    });
    const json = (await answer.json()) as { error?: string };
    return { status: answer.status, body: json };
  }
});

describe.skipIf(redisUrl === null)("a real Redis that goes away", () => {
  test("is answered with an error while it is away, and serves again when it is back", async () => {
    const proxy = await createCutableProxy(redisUrl ?? "");
    const engine = await connectRedis(`redis://127.0.0.1:${proxy.port}`);
    const endpoint = await createUpstashEndpoint(engine);
    const ping = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${endpoint.token}` };
      const answer = await fetch(endpoint.url, { method: "POST", headers, body: '["PING"]' });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await ping()).toBe(200);
    await proxy.cut();
    expect(await ping()).toBe(503);
    await proxy.restore();
    await expect.poll(ping, { timeout: 15_000 }).toBe(200);
    await endpoint.close();
    await engine.close();
    await proxy.close();
  });

  test("is told in one line at the start, without its password", async () => {
    const connecting = connectRedis("redis://user:hidden@127.0.0.1:1");
    await expect(connecting).rejects.toThrow(
      "Cannot reach Redis at 127.0.0.1:1 (ECONNREFUSED); check REDIS_URL",
    );
  });
});
