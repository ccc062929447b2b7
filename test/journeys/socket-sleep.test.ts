import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, type ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import { joinSocket, type SocketClient, type Surface } from "../support/socket-client.ts";
import { startWatchedServer, type HubRun, type WatchedServer } from "../support/watched-server.ts";

/** A hub is evicted about 10 s after its last event. */
const evictionMs = 14_000;
const crowd = 50;
const surfaces: Surface[] = ["chat", "messaging"];

let server: WatchedServer;

beforeAll(async () => {
  server = await startWatchedServer({ sendBurst: 1_000 });
});

afterAll(() => server?.close());

function person(place: { url: string; authSecret: string }, id: number): Promise<ChatPerson> {
  return signIn(place, { id, username: `user${id}`, name: `User ${id}` });
}

async function runsOf(people: ChatPerson[]): Promise<HubRun[]> {
  const ids = new Set(people.map((each) => each.id));
  return (await server.hubRuns()).filter((run) => ids.has(run.userId));
}

function count(runs: HubRun[], name: string): number {
  return runs.filter((run) => run.name === name).length;
}

/** Waits until nothing has run in those hubs for a whole eviction, and answers all that ran until then. */
async function waitForSleep(people: ChatPerson[]): Promise<HubRun[]> {
  for (;;) {
    const before = await runsOf(people);
    // Nothing happens while hubs fall asleep, so that there is nothing else to wait for.
    await sleep(evictionMs);
    const after = await runsOf(people);
    if (after.length === before.length) return after;
  }
}

describe("fifty idle sockets on fifty hubs", () => {
  test("run no hub code, are answered their pings asleep, and the next message arrives [WS-6] [WS-3]", async () => {
    const people = await Promise.all(
      Array.from({ length: crowd }, (_, index) => person(server, 100 + index)),
    );
    const sockets = await Promise.all(
      people.map((each, index) =>
        joinSocket(server, each, { surface: surfaces[index % 2]!, acknowledges: true }),
      ),
    );
    const asleep = await waitForSleep(people);
    expect(count(asleep, "constructor")).toBe(crowd);

    for (const socket of sockets) socket.send('{"type":"ping"}');
    await Promise.all(sockets.map((socket) => socket.waitFor("pong")));
    expect(await runsOf(people)).toEqual(asleep);

    const zoe = await person(server, 99);
    const from = await joinSocket(server, zoe);
    // One by one, as a question's time runs while it waits its turn.
    for (const { id } of people) {
      const answer = await from.ask({ type: "message", recipient_id: id, text: `hello ${id}` });
      expect(answer.type).toBe("message_sent");
    }
    await Promise.all(
      sockets.map((socket, index) =>
        socket.waitFor(index % 2 === 0 ? "new_message" : "message", ({ message }) => {
          const { content } = message as Record<string, unknown>;
          return content === `hello ${people[index]?.id}`;
        }),
      ),
    );
    const awake = (await runsOf(people)).slice(asleep.length);
    expect(count(awake, "constructor")).toBe(crowd);
    expect(count(awake, "fetch")).toBe(0);

    // One more round from the same sockets: who they belong to was kept through the sleep.
    const answers = sockets.map((socket) =>
      socket.ask({ type: "message", recipient_id: zoe.id, text: "good morning" }),
    );
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      expect(answer).toMatchObject({
        type: "message_sent",
        message: { sender: people[index]?.id, recipient: zoe.id },
      });
    }
    await Promise.all([from, ...sockets].map((socket) => socket.close()));
  });
});

describe.each(surfaces)("a socket on /ws/%s/ that the server's restart cut off", (surface) => {
  const incoming = surface === "chat" ? "new_message" : "message";

  function textsOf(socket: SocketClient): unknown[] {
    return socket
      .named(incoming)
      .map(({ message }) => (message as Record<string, unknown>)["content"]);
  }

  test("goes on after its last event id: nothing is missed, nothing comes twice [WS-4] [RESUME-1]", async () => {
    await using stack = new AsyncDisposableStack();
    const place = await startServer({ DEMO: "off" });
    stack.defer(() => place.dispose());
    const [alice, bob] = [await person(place, 1), await person(place, 2)];
    const write = (message: string) => alice.post("chats/", { receiver_id: bob.id, message });
    const first = await joinSocket(place, bob, { surface, acknowledges: true });
    await write("before");
    await first.waitFor(incoming);
    const lastEventId = first.lastEventId();
    expect(lastEventId).not.toBeNull();

    await place.stop();
    await first.closed;
    await place.restart();
    await write("while away");
    await write("still away");

    const second = await joinSocket(place, bob, {
      surface,
      acknowledges: true,
      ...(surface === "chat"
        ? { query: `token=${bob.token}&last_event_id=${lastEventId}` }
        : { hello: { last_event_id: lastEventId } }),
    });
    expect(textsOf(second)).toEqual(["while away", "still away"]);
    expect(second.named("reset")).toEqual([]);
    await write("live");
    await second.waitFor(
      incoming,
      (frame) => textsOf(second).includes("live") && "event_id" in frame,
    );
    expect(textsOf(second)).toEqual(["while away", "still away", "live"]);
    await second.close();
  });
});
