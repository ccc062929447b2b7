import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson, signIn, signToken, type ChatPerson } from "../support/people.ts";
import { openRawStream, type RawStream } from "../support/raw-stream.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { EventReader } from "../support/sse-client.ts";

const heartbeatMs = 1_000;
const graceMs = 1_000;
/** Far more than it takes to notice an end and to wait out the grace. */
const staleMs = 6_000;

let server: TestServer;

beforeAll(async () => {
  server = await startServer({
    DEMO: "off",
    LIMITS: JSON.stringify({ heartbeatMs, graceMs, staleMs }),
  });
});

afterAll(() => server.dispose());

let lastId = 0;

function nextPerson(): Promise<ChatPerson> {
  lastId += 1;
  return signIn(server, { id: lastId, username: `u${lastId}`, name: `U ${lastId}` });
}

/** Two who have written to each other, the second watching the first. */
async function createPair(): Promise<{ alice: ChatPerson; bob: ChatPerson; watch: EventReader }> {
  const [alice, bob] = [await nextPerson(), await nextPerson()];
  await alice.post("chats/", { receiver_id: bob.id, message: "hello" });
  const watch = await bob.listen();
  await watch.waitFor("ready");
  return { alice, bob, watch };
}

function seen(watch: EventReader, person: ChatPerson, isOnline: boolean) {
  return watch.waitFor(
    "presence",
    ({ data }) => data["user_id"] === person.id && data["is_online"] === isOnline,
  );
}

function isOnline(viewer: ChatPerson, person: ChatPerson): Promise<boolean> {
  return viewer
    .get<{ online_users: number[] }>("chats/online-users/")
    .then(({ online_users: ids }) => ids.includes(person.id));
}

describe("someone whose stream", () => {
  test.each([
    ["is closed in good order (FIN)", (stream: RawStream) => stream.close()],
    ["is broken off (RST)", (stream: RawStream) => stream.reset()],
  ])(
    "%s is offline to a partner within a heartbeat and the grace [PRES-1] [PRES-2] [PRES-4] [PRES-5]",
    async (_, end) => {
      const begun = Date.now();
      const { alice, bob, watch } = await createPair();
      const stream = await openRawStream(server, alice);
      await stream.waitFor("event: ready");
      await seen(watch, alice, true);
      expect(await isOnline(bob, alice)).toBe(true);

      const beats = watch.named("heartbeat").length;
      const ended = performance.now();
      end(stream);
      const { data } = await seen(watch, alice, false);
      expect(performance.now() - ended).toBeGreaterThan(graceMs - 200);
      // The server's own beats measure it: one may be under way already, one more come with the news.
      const passed = watch.named("heartbeat").length - beats;
      expect(passed).toBeLessThanOrEqual((heartbeatMs + graceMs) / heartbeatMs + 2);
      expect(Date.parse(String(data["last_seen"]))).toBeGreaterThanOrEqual(begun);
      expect(await isOnline(bob, alice)).toBe(false);
      stream.close();
      await watch.close();
    },
  );

  test("comes back within the grace was never away [PRES-5]", async () => {
    const { alice, watch } = await createPair();
    const first = await alice.listen();
    await seen(watch, alice, true);
    await first.close();
    const second = await alice.listen();
    await second.waitFor("ready");
    const beats = watch.named("heartbeat").length + 4;
    await watch.waitFor("heartbeat", () => watch.named("heartbeat").length >= beats);
    expect(watch.named("presence").filter(({ data }) => data["user_id"] === alice.id)).toHaveLength(
      1,
    );
    await Promise.all([second.close(), watch.close()]);
  });

  test("was left by a client that died gets nothing delivered any more [READ-2]", async () => {
    const { alice, bob, watch } = await createPair();
    const stream = await openRawStream(server, alice);
    await stream.waitFor("event: ready");
    await seen(watch, alice, true);
    stream.close();
    const path = "chats/";
    const sent = await bob.post<{ id: number }>(path, { receiver_id: alice.id, message: "late" });
    await seen(watch, alice, false);
    const { messages } = await bob.get<{ messages: { id: number; delivered_at: string | null }[] }>(
      `chats/conversation/${alice.id}/`,
    );
    expect(messages.find(({ id }) => id === sent.id)?.delivered_at).toBeNull();
    await watch.close();
  });

  test("was cut by a restart is not online for long, though it could not say goodbye [PRES-1] [PRES-4]", async () => {
    const { alice, bob, watch } = await createPair();
    const stream = await openRawStream(server, alice);
    await stream.waitFor("event: ready");
    await seen(watch, alice, true);
    await server.killHard();
    await server.restart();
    stream.close();
    await watch.close();
    await expect.poll(() => isOnline(bob, alice), { timeout: 40_000 }).toBe(false);
  });

  test("was opened by a token that expires loses it then, and is offline [AUTH-4] [PRES-2]", async () => {
    const { alice, watch } = await createPair();
    const claims = { user_id: alice.id, username: `u${alice.id}`, name: alice.name };
    const signed = Date.now();
    const token = await signToken(server.authSecret, claims, "5s");
    const stream = await createPerson(server, { ...alice, token }).listen();
    await stream.waitFor("ready");
    await stream.ended;
    expect(Date.now() - signed).toBeGreaterThan(3_500);
    expect(stream.named("heartbeat").length).toBeLessThanOrEqual(5_000 / heartbeatMs + 1);
    expect(stream.events.at(-1)).toMatchObject({ event: "error", data: { code: "token-expired" } });
    await seen(watch, alice, false);
    await watch.close();
  });
});

describe("a user's connections", () => {
  test("are twenty at most: one more ends the oldest, and only that one [FLOW-2]", async () => {
    const alice = await nextPerson();
    const streams: EventReader[] = [];
    for (let index = 0; index < 20; index += 1) {
      const stream = await alice.listen();
      await stream.waitFor("ready");
      streams.push(stream);
    }
    const newest = await alice.listen();
    await newest.waitFor("ready");
    const [oldest, ...others] = streams;
    await oldest?.ended;
    expect(oldest?.events.at(-1)).toMatchObject({
      event: "error",
      data: { code: "connection-replaced" },
    });
    const bob = await nextPerson();
    await bob.post("chats/", { receiver_id: alice.id, message: "to all of them" });
    for (const stream of [...others, newest]) await stream.waitFor("message");
    expect(oldest?.named("message")).toEqual([]);
    await Promise.all([...others, newest].map((stream) => stream.close()));
  });
});
