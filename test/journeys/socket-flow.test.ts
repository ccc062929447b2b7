import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson, signIn, signToken, type ChatPerson } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { joinSocket, type SocketClient, type Surface } from "../support/socket-client.ts";

const limits = { sendBurst: 1_000_000, sendPerSecond: 1_000_000, graceMs: 500 };
const windowEvents = 128;
const surfaces: Surface[] = ["chat", "messaging"];

let server: TestServer;
let lastId = 0;

beforeAll(async () => {
  server = await startServer({ DEMO: "off", LIMITS: JSON.stringify(limits) });
});

afterAll(() => server?.dispose());

function nextPerson(): Promise<ChatPerson> {
  lastId += 1;
  return signIn(server, { id: lastId, username: `u${lastId}`, name: `U ${lastId}` });
}

function keysOf(socket: SocketClient): unknown[] {
  return [...socket.named("message"), ...socket.named("new_message")].map(
    ({ message }) => (message as Record<string, unknown>)["client_id"],
  );
}

/** As a real client does, it pings; workerd keeps the connection of one that never sent a byte for 15 s after its close. */
async function joinAndPing(person: ChatPerson, surface: Surface): Promise<SocketClient> {
  const socket = await joinSocket(server, person, { surface });
  await socket.settle();
  return socket;
}

async function write(from: ChatPerson, to: ChatPerson, key: string): Promise<void> {
  await from.post("chats/", { receiver_id: to.id, message: key, client_id: key });
}

describe("a socket on /ws/messaging/ that acknowledges nothing", () => {
  test("is closed with 4008 at the 129th event, resumes exactly, and disturbs nobody [FLOW-1] [WS-5]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const slow = await joinSocket(server, bob, { surface: "messaging" });
    const quick = { surface: "messaging", acknowledges: true } as const;
    const others = await Promise.all(
      Array.from({ length: 19 }, () => joinSocket(server, bob, quick)),
    );

    const all = Array.from({ length: windowEvents + 1 }, (_, index) => `key-${index}`);
    const [last, within] = [all.at(-1)!, all.slice(0, windowEvents)];
    for (const key of within) await write(alice, bob, key);
    await slow.waitFor("message", () => keysOf(slow).length === windowEvents);
    expect(slow.isOpen()).toBe(true);
    await write(alice, bob, last);
    expect(await slow.closed).toBe(4008);
    expect(keysOf(slow)).toEqual(within);

    for (const other of others) {
      await other.waitFor("message", () => keysOf(other).at(-1) === last);
      expect(keysOf(other)).toEqual(all);
      expect(other.isOpen()).toBe(true);
    }
    const again = await joinSocket(server, bob, {
      ...quick,
      hello: { last_event_id: slow.lastEventId() },
    });
    expect(keysOf(again)).toEqual([last]);
    expect(again.named("reset")).toEqual([]);
    await Promise.all([again, ...others].map((each) => each.close()));
  });
});

describe.each(surfaces)("a socket on /ws/%s/", (surface) => {
  const incoming = surface === "chat" ? "new_message" : "message";

  test("is told how many are unread with each message to it, and its sender is not [UNREAD-3]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const [from, to] = [
      await joinSocket(server, alice, { surface }),
      await joinSocket(server, bob, { surface }),
    ];
    const stream = await bob.listen();
    await stream.waitFor("ready");
    for (const key of ["one", "two", "three"]) await write(alice, bob, key);
    await to.waitFor(incoming, () => keysOf(to).length === 3);
    await stream.waitFor("message", ({ data }) => data["client_id"] === "three");
    expect(to.named(incoming).map((each) => each["unread_count"])).toEqual([1, 2, 3]);
    expect(stream.named("message").map(({ data }) => data["unread_count"])).toEqual([1, 2, 3]);
    const own = surface === "chat" ? "message_sent" : "message";
    await from.waitFor(own, () => from.named(own).length === 3);
    for (const each of from.named(own)) expect(each).not.toHaveProperty("unread_count");
    await Promise.all([from.close(), to.close(), stream.close()]);
  });

  test("is one of twenty: one more closes the oldest with 4009, and only that one [FLOW-2]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    const sockets: SocketClient[] = [];
    for (let index = 0; index < 20; index += 1) {
      sockets.push(await joinAndPing(bob, surface));
    }
    const newest = await joinAndPing(bob, surface);
    const [oldest, ...others] = sockets;
    expect(await oldest?.closed).toBe(4009);
    await write(alice, bob, "to-all");
    for (const each of [...others, newest]) {
      await each.waitFor(incoming);
    }
    expect(oldest && keysOf(oldest)).toEqual([]);
    await Promise.all([...others, newest].map((each) => each.close()));
  });

  test("is closed with 4401 when its token expires, and no other is [WS-7] [AUTH-4]", async () => {
    const alice = await nextPerson();
    const claims = { user_id: alice.id, username: `u${alice.id}`, name: alice.name };
    const signed = Date.now();
    const join = async (lifetime: string): Promise<SocketClient> => {
      const token = await signToken(server.authSecret, claims, lifetime);
      return joinAndPing(createPerson(server, { ...alice, token }), surface);
    };
    const [short, long] = await Promise.all([join("5s"), join("60s")]);
    expect(await short.closed).toBe(4401);
    expect(Date.now() - signed).toBeGreaterThan(3_500);
    await long.settle();
    await long.close();
  });

  test("that its client closes is answered so, and is gone [PRES-2] [PRES-5]", async () => {
    const [alice, bob] = [await nextPerson(), await nextPerson()];
    await write(alice, bob, "hello");
    const watch = await joinSocket(server, alice);
    for (const code of [1000, 3000, 4999]) {
      const socket = await joinSocket(server, bob, { surface });
      await socket.close(code);
      expect(await socket.closed).toBe(code);
    }
    await watch.waitFor("presence", (each) => each["user_id"] === bob.id && !each["is_online"]);
    await watch.close();
  });
});
