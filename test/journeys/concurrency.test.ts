import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChatSql, type ChatSql } from "../support/chat-sql.ts";
import { faultsOf, follow } from "../support/follower.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { createEmptyDatabase, realPostgresUrl } from "../support/real-services.ts";
import { inParallel, messageOf, planSends, sendOnce, type Send } from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { unreadFromApi } from "../support/unread-check.ts";

const clients = 32;
const sends = 4_000;
const limits = { sendBurst: 1_000_000, sendPerSecond: 1_000_000 };

/** Everything that the sender wrote to the receiver; nothing of it may be stored yet. */
async function markRead({ from, to }: Send): Promise<void> {
  const { status } = await to.call("chats/mark-read/", { body: { sender_id: from.id } });
  expect([200, 404]).toContain(status);
}

describe.skipIf((await realPostgresUrl()) === null)("a server on PostgreSQL under load", () => {
  const stack = new AsyncDisposableStack();
  let sql: ChatSql;
  let server: TestServer;

  beforeAll(async () => {
    const database = await createEmptyDatabase();
    stack.defer(() => database.drop());
    server = await startServer({
      DATABASE_URL: database.url,
      DEMO: "off",
      LIMITS: JSON.stringify(limits),
    });
    stack.defer(() => server.dispose());
    sql = await openChatSql(database.url);
    stack.defer(() => sql.close());
  });

  afterAll(() => stack.disposeAsync());

  function person(id: number): Promise<ChatPerson> {
    return signIn(server, { id, username: `user${id}`, name: `User ${id}` });
  }

  test("stores one row for 32 sends of one key at once, and answers all alike [SEND-2]", async () => {
    const [from, to] = [await person(901), await person(902)];
    const same = Array.from({ length: clients }, () => ({ from, to, key: "one-key" }));
    const answers = await Promise.all(same.map((send) => sendOnce(send)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => b - a);
    expect(statuses).toEqual([201, ...Array.from({ length: clients - 1 }, () => 200)]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await sql.idsByKey(["one-key"])).get("one-key")).toHaveLength(1);
    expect(await sql.faults()).toEqual([]);
    expect(Object.values(await unreadFromApi(to))).toEqual([1]);
  });

  test("gives 4,000 sends and 800 repeats gap-free numbers, exact counts and each stream each message once [SEND-1] [SEND-2] [SEND-3] [HUB-5] [UNREAD-2]", async () => {
    const people = await Promise.all(Array.from({ length: 8 }, (_, index) => person(index + 1)));
    const followers = await Promise.all(people.map((each) => follow(each)));
    const deadlocks = await sql.deadlocks();
    const planned = planSends(people, sends, "load");
    const repeated = planned.flatMap((send, index) => (index % 5 === 0 ? [send, send] : [send]));
    const answers = await inParallel(clients, repeated, async (send, index) => {
      if (index % 40 === 0) await markRead(send);
      return sendOnce(send);
    });

    expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(sends);
    const idsOf = Map.groupBy(answers, ({ send }) => send.key);
    for (const same of idsOf.values()) {
      expect(new Set(same.map((answer) => messageOf(answer).id)).size).toBe(1);
    }
    expect(await sql.faults()).toEqual([]);
    expect(await sql.countMessages()).toBe(sends + 1);

    for (const follower of followers) {
      const { id } = follower.person;
      const own = planned.filter(({ from, to }) => from.id === id || to.id === id);
      await expect.poll(() => follower.messages().length, { timeout: 20_000 }).toBe(own.length);
      expect(faultsOf(follower)).toEqual([]);
      expect(new Set(follower.messages().map((each) => each.client_id))).toEqual(
        new Set(own.map(({ key }) => key)),
      );
      expect(await unreadFromApi(follower.person)).toEqual(await sql.unreadOf(id));
    }
    await Promise.all(followers.map((follower) => follower.stop()));
    expect(await sql.deadlocks()).toBe(deadlocks);
  });
});
