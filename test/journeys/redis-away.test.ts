import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openChatSql, type ChatSql } from "../support/chat-sql.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { createEmptyDatabase, realPostgresUrl } from "../support/real-services.ts";
import { createRedisProcess, hasRedisServer, type RedisProcess } from "../support/redis-process.ts";
import { planSends, sendOnce } from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { unreadFromApi } from "../support/unread-check.ts";

const limits = { sendBurst: 1_000_000, sendPerSecond: 1_000_000 };
/** Where hubs keep what they know, on any platform. */
const hubFiles = ["worker", "hubs.sqlite", "hubs.sqlite-wal"];
const hasServices = (await realPostgresUrl()) !== null && hasRedisServer();

describe.skipIf(!hasServices)("while Redis", () => {
  const stack = new AsyncDisposableStack();
  let sql: ChatSql;
  let redis: RedisProcess;
  let server: TestServer;
  let people: ChatPerson[];
  let rounds = 0;

  beforeAll(async () => {
    const database = await createEmptyDatabase();
    stack.defer(() => database.drop());
    redis = await createRedisProcess();
    stack.defer(() => redis.dispose());
    server = await startServer({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      DEMO: "off",
      LIMITS: JSON.stringify(limits),
    });
    stack.defer(() => server.dispose());
    sql = await openChatSql(database.url);
    stack.defer(() => sql.close());
    people = await Promise.all(
      [1, 2, 3, 4].map((id) => signIn(server, { id, username: `u${id}`, name: `U ${id}` })),
    );
  });

  // Its breaker, which leaves a lost Redis alone for half a minute, forgets what the test before did.
  beforeEach(async () => {
    await server.stop();
    await server.restart();
    // The first call after a restart may find the old connection.
    await fetch(`${server.url}/health`).catch(() => null);
  });

  afterAll(() => stack.disposeAsync());

  /** The whole truth about everyone, or the first difference to it. */
  async function expectCountsRight(those = people): Promise<void> {
    for (const person of those) {
      expect(await unreadFromApi(person)).toEqual(await sql.unreadOf(person.id));
    }
  }

  /** Sends one after the other; after each, and after some reading, the receiver's count has to be right. */
  async function chat(count: number): Promise<void> {
    rounds += 1;
    for (const [index, send] of planSends(people, count, `chat${rounds}`).entries()) {
      if (index % 7 === 3)
        await send.from.call("chats/mark-read/", { body: { sender_id: send.to.id } });
      expect((await sendOnce(send)).status).toBe(201);
      await expectCountsRight([send.to, send.from]);
    }
  }

  /** Chats on: each ask wants to write its counts to Redis, and after a few failures none waits for it any more. */
  async function expectLeftAlone(): Promise<void> {
    const before = server.output().length;
    await chat(40);
    const failures = (): string[] =>
      server
        .output()
        .slice(before)
        .match(/"unread\.heal-failed".*/g) ?? [];
    await expect.poll(() => failures().length).toBeGreaterThanOrEqual(80);
    const tries = failures().filter((line) => !line.includes('"redis-left-alone"'));
    expect(tries.length).toBeLessThan(10);
  }

  test("works, it answers the counts, and they are right [UNREAD-2]", async () => {
    await chat(20);
    const before = await redis.calls("hvals");
    await expectCountsRight();
    expect(await redis.calls("hvals")).toBe(before + people.length);
  });

  test("is flushed again and again, the counts stay right [UNREAD-1] [UNREAD-2]", async () => {
    for (let round = 0; round < 4; round += 1) {
      await chat(8);
      await redis.flush();
      await chat(4);
      await expectCountsRight();
    }
    expect(await redis.calls("hvals")).toBeGreaterThan(0);
  });

  test("is gone, it is left alone, sends go on and the counts stay right; so they do when it is back [UNREAD-2] [ERR-2]", async () => {
    await chat(10);
    await redis.kill();
    await expectLeftAlone();
    await redis.start();
    await chat(20);
  });

  test("comes back with what it knew long ago, the counts stay right [UNREAD-1] [UNREAD-2]", async () => {
    await chat(20);
    await redis.save();
    await chat(20);
    await redis.kill();
    await redis.start();
    await expect.poll(() => redis.isUsed()).toBe(true);
    await expectCountsRight();
    expect(await redis.calls("hvals")).toBe(people.length);
    await chat(20);
  });

  test("comes back with what it knew long ago and the hubs have lost everything, the counts stay right [UNREAD-2]", async () => {
    await chat(20);
    await redis.save();
    await chat(20);
    await server.stop();
    const forget = hubFiles.map((name) => join(server.dataDir, name));
    await Promise.all(forget.map((path) => rm(path, { recursive: true, force: true })));
    await redis.kill();
    await redis.start();
    await server.restart();
    await fetch(`${server.url}/health`).catch(() => null);
    await chat(4);
    await expectCountsRight();
    const before = await redis.calls("hvals");
    await expectCountsRight();
    expect(await redis.calls("hvals")).toBe(before + people.length);
  });

  test("accepts and never answers, it is left alone, sends go on and the counts stay right [UNREAD-2] [ERR-2]", async () => {
    await chat(10);
    redis.freeze();
    await expectLeftAlone();
    redis.thaw();
    await chat(20);
  });
});
