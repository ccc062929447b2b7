import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChatSql, type ChatSql } from "../support/chat-sql.ts";
import { faultsOf, follow, type Follower } from "../support/follower.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { createEmptyDatabase, realPostgresUrl } from "../support/real-services.ts";
import { createRedisProcess, hasRedisServer } from "../support/redis-process.ts";
import {
  inParallel,
  messageOf,
  planSends,
  sendOnce,
  type Send,
  type SendAnswer,
} from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { unreadFromApi } from "../support/unread-check.ts";

const sends = 900;
const clients = 16;
const limits = { sendBurst: 1_000_000, sendPerSecond: 1_000_000 };
const hasServices = (await realPostgresUrl()) !== null && hasRedisServer();

describe.skipIf(!hasServices)("a server that is killed in the middle of a load", () => {
  const stack = new AsyncDisposableStack();
  let sql: ChatSql;
  let server: TestServer;
  let people: ChatPerson[];
  let followers: Follower[];

  beforeAll(async () => {
    const database = await createEmptyDatabase();
    stack.defer(() => database.drop());
    const redis = await createRedisProcess();
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
      [1, 2, 3, 4, 5, 6].map((id) => signIn(server, { id, username: `u${id}`, name: `U ${id}` })),
    );
    followers = await Promise.all(people.map((each) => follow(each)));
  });

  afterAll(async () => {
    await Promise.all(followers.map((follower) => follower.stop()));
    await stack.disposeAsync();
  });

  /** Tries until it is acknowledged, as a client's outbox does. */
  async function sendUntilAcknowledged(send: Send): Promise<SendAnswer> {
    for (;;) {
      const answer = await sendOnce(send).catch(() => null);
      if (answer && answer.status < 300) return answer;
      await pause(50);
    }
  }

  async function expectComplete(follower: Follower, planned: Send[]): Promise<void> {
    const { id } = follower.person;
    const keys = planned.filter(({ from, to }) => from.id === id || to.id === id);
    const seen = () => new Set(follower.messages().map((each) => each.client_id));
    await expect
      .poll(() => keys.filter(({ key }) => !seen().has(key)).map(({ key }) => key), {
        timeout: 15_000,
      })
      .toEqual([]);
    expect(faultsOf(follower)).toEqual([]);
  }

  test.each([1, 2, 3])(
    "loses and doubles nothing, and its streams resume where they were, round %i [SEND-1] [SEND-2] [HUB-3] [RESUME-1] [UNREAD-2]",
    async (round) => {
      const planned = planSends(people, sends, `round${round}`);
      const acknowledged: SendAnswer[] = [];
      const { promise: isMidLoad, resolve: tellMidLoad } = Promise.withResolvers<void>();
      const load = inParallel(clients, planned, async (send) => {
        acknowledged.push(await sendUntilAcknowledged(send));
        if (acknowledged.length === round * 150) tellMidLoad();
      });
      await isMidLoad;
      await server.killHard();
      const beforeKill = [...acknowledged];
      await server.restart();
      await load;

      const stored = await sql.idsByKey(planned.map(({ key }) => key));
      for (const answer of acknowledged) {
        expect(stored.get(answer.send.key)).toEqual([messageOf(answer).id]);
      }
      const again = await inParallel(clients, beforeKill.slice(-60), ({ send }) => sendOnce(send));
      expect(again.map(({ status }) => status)).toEqual(again.map(() => 200));
      for (const answer of again) {
        expect(stored.get(answer.send.key)).toEqual([messageOf(answer).id]);
      }
      expect(await sql.countMessages()).toBe(round * sends);
      expect(await sql.faults()).toEqual([]);
      for (const follower of followers) {
        await expectComplete(follower, planned);
        expect(follower.streams()).toBeGreaterThan(round);
        expect(await unreadFromApi(follower.person)).toEqual(
          await sql.unreadOf(follower.person.id),
        );
      }
    },
  );
});
