import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, type ChatPerson } from "../support/people.ts";
import type { EventReader } from "../support/sse-client.ts";
import { startWatchedServer, type HubRun, type WatchedServer } from "../support/watched-server.ts";

/** A hub is evicted about 10 s after its last event. */
const evictionBeats = 14;
const minuteBeats = 60;
const crowd = 50;

let server: WatchedServer;

beforeAll(async () => {
  server = await startWatchedServer({ heartbeatMs: 1_000, sendBurst: 1_000 });
});

afterAll(() => server.close());

function person(id: number): Promise<ChatPerson> {
  return signIn(server, { id, username: `user${id}`, name: `User ${id}` });
}

async function runsOf(...people: ChatPerson[]): Promise<HubRun[]> {
  const ids = new Set(people.map((each) => each.id));
  return (await server.hubRuns()).filter((run) => ids.has(run.userId));
}

function count(runs: HubRun[], name: string): number {
  return runs.filter((run) => run.name === name).length;
}

async function send(from: ChatPerson, to: ChatPerson, message: string): Promise<void> {
  await from.post("chats/", { receiver_id: to.id, message });
}

/** Waits for so many heartbeats from now on. */
async function waitForBeats(stream: EventReader, beats: number): Promise<void> {
  const due = stream.named("heartbeat").length + beats;
  const isDue = () => stream.named("heartbeat").length >= due;
  await stream.waitFor("heartbeat", isDue, (beats + 10) * 1_000);
}

/** Waits until nothing has run in those hubs for a whole second. */
async function waitForRest(stream: EventReader, people: ChatPerson[]): Promise<void> {
  let before = -1;
  for (;;) {
    const now = (await runsOf(...people)).length;
    if (now === before) return;
    before = now;
    await waitForBeats(stream, 2);
  }
}

describe.concurrent("a hub whose user only listens", () => {
  test("sleeps through the heartbeats, and the next message still comes on the same stream", async () => {
    const [alice, bob] = [await person(1), await person(2)];
    await send(alice, bob, "before");
    const stream = await bob.listen();
    await stream.waitFor("ready");
    await send(alice, bob, "awake");
    await stream.waitFor("message", ({ data }) => data["message"] === "awake");
    await waitForRest(stream, [bob]);

    for (const [round, text] of ["after one sleep", "after two sleeps"].entries()) {
      const before = await runsOf(bob);
      expect(count(before, "constructor")).toBe(1 + round);
      await waitForBeats(stream, evictionBeats);
      expect((await runsOf(bob)).length - before.length).toBe(0);

      await send(alice, bob, text);
      await stream.waitFor("message", ({ data }) => data["message"] === text);
      const after = (await runsOf(bob)).slice(before.length);
      expect(count(after, "constructor")).toBe(1);
      expect(count(after, "fetch")).toBe(0);
      await waitForRest(stream, [bob]);
    }
    expect(stream.named("message").map(({ data }) => data["message"])).toEqual([
      "awake",
      "after one sleep",
      "after two sleeps",
    ]);
    await stream.close();
  });

  test("costs nothing: an idle minute of fifty streams runs no hub code", async () => {
    const people = await Promise.all(
      Array.from({ length: crowd }, (_, index) => person(100 + index)),
    );
    const streams = await Promise.all(people.map((each) => each.listen()));
    await Promise.all(streams.map((stream) => stream.waitFor("ready")));
    const [first] = streams;
    if (!first) throw new Error("nobody listens");
    await waitForRest(first, people);
    await waitForBeats(first, evictionBeats);

    const before = await runsOf(...people);
    const beats = streams.map((stream) => stream.named("heartbeat").length);
    await waitForBeats(first, minuteBeats);
    expect(await runsOf(...people)).toEqual(before);
    for (const [index, stream] of streams.entries()) {
      const heard = stream.named("heartbeat").length - (beats[index] ?? 0);
      expect(heard).toBeGreaterThanOrEqual(minuteBeats - 2);
    }

    const zoe = await person(99);
    await Promise.all(people.map((each) => send(zoe, each, `hello ${each.id}`)));
    await Promise.all(streams.map((stream) => stream.waitFor("message")));
    const after = (await runsOf(...people)).slice(before.length);
    expect(count(after, "constructor")).toBe(crowd);
    await Promise.all(streams.map((stream) => stream.close()));
  });
});
