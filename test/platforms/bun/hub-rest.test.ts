import { describe, expect, it } from "vitest";
import type { Ports } from "../../../src/ports/index.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { bob, sampleMessage } from "../../support/sample.ts";
import { deliver, openHouse, openSocket, useHubFiles, type House } from "./house-rig.ts";

const newFile = useHubFiles();

describe("a hub whose user is there and does nothing", () => {
  /** Long enough for it to rest. */
  const quietMs = 21_000;

  async function rest(place: House): Promise<void> {
    const hub = await place.house.here(bob.id);
    // What is due at once first.
    for (const ms of [1_000, quietMs]) await place.pass(ms);
    place.house.evict();
    // It takes nobody in any more; the next one does.
    expect(() => hub?.connect({ lastEventId: null })).toThrow("Live delivery is unavailable");
  }

  it("rests, and goes on as if it had not [HUB-1] [HUB-5]", async () => {
    const place = openHouse(newFile());
    const stream = await place.connect();
    const socket = await openSocket(place);
    await deliver(place, 1);
    stream.connection.acknowledge(2);
    await place.settle();
    const before = await place.house.here(bob.id);
    await rest(place);
    await deliver(place, 2);
    await place.settle();
    expect(await place.house.here(bob.id)).not.toBe(before);
    expect(stream.texts()).toEqual(["message 1", "message 2"]);
    expect(socket.types().filter((type) => type === "message")).toHaveLength(2);
    expect([stream.codes, socket.codes]).toEqual([[], []]);
    await place.stop();
    expect([stream.codes, socket.codes]).toEqual([[1001], [1001]]);
  });

  it("rests soon where a user only came in, and later once something was said", async () => {
    const place = openHouse(newFile());
    const socket = await openSocket(place);
    const first = await place.house.here(bob.id);
    for (const ms of [0, 100]) await place.pass(ms);
    place.house.evict();
    socket.socket.receive(JSON.stringify({ type: "nonsense", ref: "a" }));
    await place.settle();
    const second = await place.house.here(bob.id);
    await place.pass(5_000);
    place.house.evict();
    expect(second).not.toBe(first);
    expect(await place.house.here(bob.id)).toBe(second);
    expect(socket.refs()).toEqual(["a"]);
    await place.stop();
  });

  it("takes in what clients say, in its order [WS-3]", async () => {
    const place = openHouse(newFile());
    const socket = await openSocket(place);
    await rest(place);
    for (const ref of ["a", "b", "c"]) {
      socket.socket.receive(JSON.stringify({ type: "nonsense", ref }));
    }
    await place.settle();
    expect(socket.refs()).toEqual(["a", "b", "c"]);
    await place.stop();
  });

  it("notices who leaves, and reports what arrived [PRES-2] [HUB-4]", async () => {
    const place = openHouse(newFile());
    const stream = await place.connect();
    await rest(place);
    await deliver(place, 1);
    await rest(place);
    stream.connection.acknowledge(1);
    await place.pass(2_000);
    expect(place.delivered).toEqual([[101]]);
    await rest(place);
    expect(place.isOnline()).toBe(true);
    stream.connection.close(1000);
    await place.pass(10_000);
    expect([place.isOnline(), place.left]).toEqual([false, [bob.id]]);
    await place.stop();
  });

  it("is woken when something is due [AUTH-4]", async () => {
    const place = openHouse(newFile());
    const socket = await openSocket(place);
    await rest(place);
    await place.pass(3_600_000);
    expect(socket.codes).toEqual([4401]);
    await place.stop();
  });

  it("has its connections closed with it, asleep or not", async () => {
    const place = openHouse(newFile());
    const socket = await openSocket(place);
    await rest(place);
    await place.stop();
    expect(socket.codes).toEqual([1001]);
  });

  it("lets whoever comes in", async () => {
    const place = openHouse(newFile());
    await openSocket(place);
    await rest(place);
    const { kinds } = await place.connect();
    expect(kinds()).toEqual(["ready"]);
    await place.stop();
  });

  it("keeps its alarm when it is looked up and not used [AUTH-4]", async () => {
    const place = openHouse(newFile());
    const { codes } = await openSocket(place);
    await place.pass(3_000_000);
    await rest(place);
    await place.house.hubOf(bob.id);
    await place.pass(quietMs);
    place.house.evict();
    await place.pass(700_000);
    expect(codes).toEqual([4401]);
    await place.stop();
  });

  it("has its connections cut when it cannot be opened again [HUB-3]", async () => {
    const place = openHouse(newFile());
    const [socket, stream] = [await openSocket(place), await place.connect()];
    await deliver(place, 1);
    await rest(place);
    place.raw.run("ALTER TABLE conversations RENAME TO gone");
    socket.socket.receive(JSON.stringify({ type: "nonsense" }));
    await place.settle();
    expect([socket.codes, stream.codes]).toEqual([[1001], [1001]]);
  });

  it("is not woken by connections that it was stopped with", async () => {
    const place = openHouse(newFile());
    const [socket] = [await openSocket(place), await place.connect()];
    await rest(place);
    place.house.close();
    socket.socket.leave();
    await place.settle();
    expect(place.errors).toEqual([]);
  });

  it("reports nothing twice [READ-2]", async () => {
    const place = openHouse(newFile());
    const stream = await place.connect();
    for (const seq of [1, 2, 3]) await deliver(place, seq);
    stream.connection.acknowledge(3);
    await place.pass(2_000);
    await rest(place);
    await deliver(place, 4);
    stream.connection.acknowledge(4);
    await place.pass(2_000);
    expect(place.delivered).toEqual([[101, 102, 103], [104]]);
    await place.stop();
  });

  it("does not rest while its own delivery waits for the history [HUB-5]", async () => {
    const older = Promise.withResolvers<Message[]>();
    const place = openHouse(newFile(), slowHistory(older.promise));
    Object.assign(place.hubs, { deliver: async () => undefined });
    const [stream, socket] = [await place.connect(), await openSocket(place)];
    socket.socket.receive(JSON.stringify({ type: "send", recipient_id: 1, text: "hi", ref: "a" }));
    for (const ms of [0, 2_100, 1_000, quietMs]) await place.turn(ms);
    expect(socket.types().at(-1)).toBe("message_sent");
    place.house.evict();
    older.resolve([]);
    await place.settle();
    expect([stream.texts(), place.errors]).toEqual([["message 2"], []]);
    await place.stop();
  });
});

/** Stores a second message, and lets whoever lacks the first one wait. */
function slowHistory(older: Promise<Message[]>): Partial<Ports> {
  const message = sampleMessage(2, { sender: bob, receiver: { ...bob, id: 1 } });
  const stored = { status: "stored", message, receiverUnread: { count: 1, version: 1 } } as const;
  const change = {
    limiter: { take: () => ({ allowed: true, retryAfterMs: 0 }) },
    sendGate: { enter: () => ({ allowed: true, retryAfterMs: 0 }), leave: () => undefined },
    unread: { put: async () => undefined },
    history: { sendMessage: async () => stored, listRange: () => older },
  };
  return change as unknown as Partial<Ports>;
}
