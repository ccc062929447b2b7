import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChatSql, type ChatSql } from "../support/chat-sql.ts";
import { createFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { faultsOf, follow, type Follower } from "../support/follower.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { createEmptyDatabase, realPostgresUrl } from "../support/real-services.ts";
import { messageOf, sendOnce } from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { unreadFromApi } from "../support/unread-check.ts";

const limits = { heartbeatMs: 500, sendBurst: 1_000, typingIntervalMs: 0 };
const answerMs = 10_000;

describe.skipIf((await realPostgresUrl()) === null)("while Postgres", () => {
  const stack = new AsyncDisposableStack();
  let sql: ChatSql;
  let proxy: FaultProxy;
  let server: TestServer;
  let alice: ChatPerson;
  let bob: ChatPerson;
  let listeners: Follower[];

  beforeAll(async () => {
    const database = await createEmptyDatabase();
    stack.defer(() => database.drop());
    proxy = await createFaultProxy(database.url);
    stack.defer(() => proxy.close());
    server = await startServer({
      DATABASE_URL: proxy.url,
      DEMO: "off",
      LIMITS: JSON.stringify(limits),
    });
    stack.defer(() => server.dispose());
    sql = await openChatSql(database.url);
    stack.defer(() => sql.close());
    [alice, bob] = (await Promise.all(
      [1, 2].map((id) => signIn(server, { id, username: `u${id}`, name: `U ${id}` })),
    )) as [ChatPerson, ChatPerson];
    await sendOnce({ from: alice, to: bob, key: "first" });
    listeners = await Promise.all([follow(alice), follow(bob)]);
  });

  afterAll(async () => {
    await Promise.all(listeners.map((each) => each.stop()));
    await stack.disposeAsync();
  });

  const beats = (): number[] =>
    listeners.map((each) => each.events().filter(({ event }) => event === "heartbeat").length);

  async function expectTyping(): Promise<void> {
    const typing = () =>
      listeners[1]?.events().filter(({ event }) => event === "typing").length ?? 0;
    const before = typing();
    await alice.post("chats/typing/", { receiver_id: bob.id, is_typing: true });
    await expect.poll(typing).toBeGreaterThan(before);
  }

  async function expectRefused(path: string, body?: unknown): Promise<void> {
    const before = beats();
    // The server's own beats measure it: they wait wherever it waits.
    const response = await alice.call(path, { body });
    const passed = beats().map((count, index) => count - (before[index] ?? 0));
    expect(Math.min(...passed)).toBeLessThanOrEqual(answerMs / limits.heartbeatMs);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "history-unavailable" });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  }

  async function expectResume(): Promise<void> {
    const first = await bob.listen();
    await first.waitFor("ready");
    await first.close();
    const again = await bob.listen({ lastEventId: first.lastEventId() });
    await again.waitFor("ready");
    expect(again.named("reset")).toEqual([]);
    await again.close();
  }

  test("goes away before a delivery is noted, the sender hears of it when it is back [READ-2]", async () => {
    const failures = server.output().split("delivered.failed").length;
    const sent = await sendOnce({ from: alice, to: bob, key: "unreported" });
    expect(sent.status).toBe(201);
    const { id } = messageOf(sent);
    proxy.refuse();
    await server.waitForOutput(new RegExp(`(delivered\\.failed[^]*){${failures}}`));
    proxy.heal();
    const isDelivered = () =>
      listeners[0]
        ?.events()
        .some(({ event, data }) => event === "delivery_receipt" && data["message_id"] === id);
    await expect.poll(isDelivered, { timeout: 40_000 }).toBe(true);
  });

  const faults = [
    ["refuses connections", () => proxy.refuse()],
    ["accepts and never answers", () => proxy.swallow()],
  ] as const;

  test.each(faults)(
    "%s, sends get 503 in time, streams, typing and resume go on; then sends work [ERR-2] [SEND-1] [RESUME-1]",
    async (name, break_) => {
      const streams = listeners.map((each) => each.streams());
      const key = `during ${name}`.replaceAll(" ", "-");
      break_();
      const beatsBefore = beats();
      await Promise.all([
        expectRefused("chats/", { receiver_id: bob.id, message: `text of ${key}`, client_id: key }),
        expectRefused(`chats/conversation/${bob.id}/`),
        expectRefused("chats/conversations/"),
        expectTyping(),
        expectResume(),
      ]);
      await expectTyping();
      await expect
        .poll(() => beats().every((count, index) => count > (beatsBefore[index] ?? 0)))
        .toBe(true);
      expect(listeners.map((each) => each.streams())).toEqual(streams);

      proxy.heal();
      await expect
        .poll(async () => (await sendOnce({ from: alice, to: bob, key })).status)
        .toBeLessThan(300);
      const answer = await sendOnce({ from: alice, to: bob, key });
      expect(answer.status).toBe(200);
      expect((await sql.idsByKey([key])).get(key)).toEqual([messageOf(answer).id]);
      for (const each of listeners) {
        await expect.poll(() => each.messages().at(-1)?.client_id).toBe(key);
        expect(faultsOf(each)).toEqual([]);
      }
      expect(listeners.map((each) => each.streams())).toEqual(streams);
      expect(await sql.faults()).toEqual([]);
      expect(await unreadFromApi(bob)).toEqual(await sql.unreadOf(bob.id));
    },
  );
});
