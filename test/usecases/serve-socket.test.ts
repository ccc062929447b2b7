import { describe, expect, test } from "vitest";
import { createMemoryRateLimiter } from "../../src/adapters/memory/rate-limiter.ts";
import { createMemorySendGate } from "../../src/adapters/memory/send-gate.ts";
import type { HistoryStore } from "../../src/ports/history-store.ts";
import type { Ports } from "../../src/ports/index.ts";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import { defaultLimits, type Limits } from "../../src/protocol/limits.ts";
import { createHubHost } from "../../src/usecases/host-hub.ts";
import { createSocketServer, type SocketConnection } from "../../src/usecases/serve-socket.ts";
import type { FakeConnection } from "../support/fake-connection.ts";
import { createHubRig, start } from "../support/hub-rig.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { alice, bob, sampleMessage } from "../support/sample.ts";

type Said = Record<string, unknown>;
type Listing = Awaited<ReturnType<HistoryStore["listConversations"]>>;
type Outcome = Awaited<ReturnType<HistoryStore["sendMessage"]>>;

/** A hub's socket server whose history answers when the test lets it. */
function createServed(change: Partial<Limits> = {}) {
  const rig = createHubRig();
  const clock = createManualClock(start);
  const listing = Promise.withResolvers<Listing>();
  const commit = Promise.withResolvers<Outcome>();
  let asked = 0;
  const listConversations = (): Promise<Listing> => {
    asked += 1;
    return listing.promise;
  };
  const ports = {
    config: { limits: defaultLimits },
    history: { listConversations, sendMessage: () => commit.promise } as unknown as HistoryStore,
    // Nobody else's hub ever answers.
    hubs: { deliver: () => new Promise(() => undefined) },
    unread: { put: async () => undefined },
    users: {},
    limiter: createMemoryRateLimiter(clock),
    sendGate: createMemorySendGate(clock, { ...defaultLimits, ...change }),
    clock,
    later: () => undefined,
    log: { info: () => undefined, error: () => undefined },
    userId: bob.id,
    hub: rig.hub,
  } as unknown as Ports & { userId: number; hub: typeof rig.hub };
  const server = createSocketServer({ ...ports, host: createHubHost(ports) });
  const said: Said[] = [];
  const connection: FakeConnection & SocketConnection = Object.assign(rig.join(), {
    say(frame: object): number {
      if (connection.isOpen) said.push(frame as Said);
      return JSON.stringify(frame).length;
    },
  });
  const asker = { person: bob, linkTo: () => "" };
  const receive = async (frame: object | string): Promise<void> => {
    const text = typeof frame === "string" ? frame : JSON.stringify(frame);
    return server.receive(connection, asker, text);
  };
  return { rig, clock, listing, commit, asked: () => asked, said, connection, receive };
}

const list = (ref: number) => ({ type: "list_conversations", ref });
const shortly = (said: Said[]): unknown[] => said.map(({ ref, code }) => [ref, code]);

describe("the answers of one socket", () => {
  test("come in the order of the questions, errors included, but for what waits for nothing [WS-3]", async () => {
    const { listing, said, receive } = createServed();
    const all = [
      list(1),
      { type: "message", ref: 2 },
      { type: "shout", ref: 3 },
      "nonsense",
      { type: "message", recipient_id: 1, text: "a", content: "b", ref: 5 },
      { type: "ping", ref: 6 },
    ].map(receive);
    await all.at(-1);
    expect(shortly(said)).toEqual([[6, undefined]]);
    listing.reject(new Error("away"));
    await Promise.all(all);
    expect(shortly(said)).toEqual([
      [6, undefined],
      [1, "internal"],
      [2, "invalid-frame"],
      [3, "invalid-frame"],
      [undefined, "invalid-frame"],
      [5, "invalid-request"],
    ]);
  });

  test("keep that order when there are too many to wait [WS-3]", async () => {
    const { listing, said, receive } = createServed();
    const all = Array.from({ length: 70 }, (_, ref) => receive(list(ref)));
    listing.reject(new Error("away"));
    await Promise.all(all);
    expect(said.map(({ ref }) => ref)).toEqual(all.map((_, ref) => ref));
    expect(said.filter(({ code }) => code === "rate-limited")).toHaveLength(10);
  });

  test("that wait are so many at most; then the socket is closed with 4008 [WS-3] [FLOW-1]", async () => {
    const { listing, said, connection, receive } = createServed();
    const all = Array.from({ length: 2_000 }, (_, ref) => receive(list(ref)));
    expect(connection.closedWith).toBeNull();
    await receive(list(2_000));
    expect(connection.closedWith).toBe(closeCodes.slow);
    listing.reject(new Error("away"));
    await Promise.all(all);
    expect(said).toEqual([]);
  });

  test("whose time is over before their turn comes are errors, and nothing of them was begun [ERR-1] [ERR-2] [WS-3]", async () => {
    const { clock, said, receive, asked } = createServed();
    const all = [list(1), list(2)].map(receive);
    await Promise.resolve();
    clock.advance(9_500);
    await Promise.all(all);
    expect(shortly(said)).toEqual([
      [1, "history-unavailable"],
      [2, "history-unavailable"],
    ]);
    expect(asked()).toBe(1);
  });

  test("to ten frames that make no sense are all told before it is closed with 4400 [WS-2] [WS-3]", async () => {
    const { listing, said, connection, receive } = createServed();
    const all = [list(0), ...Array.from({ length: 10 }, () => "nonsense")].map(receive);
    expect(connection.closedWith).toBeNull();
    listing.reject(new Error("away"));
    await Promise.all(all);
    expect(said).toHaveLength(11);
    expect(connection.closedWith).toBe(closeCodes.badFrames);
  });
});

/** Everything that can be done without waiting has been done. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a send has one outcome [WS-3]", () => {
  const message = sampleMessage(1, { sender: bob, receiver: alice });
  const stored: Outcome = { status: "stored", message, receiverUnread: { count: 1, version: 1 } };
  const send = { type: "send", recipient_id: alice.id, text: message.text, ref: 7 };

  test("when its message comes with the log and what follows takes too long", async () => {
    const { clock, commit, said, connection, receive } = createServed();
    const received = receive(send);
    await settle();
    clock.advance(9_000);
    commit.resolve(stored);
    await settle();
    expect(connection.answers).toContainEqual({ ref: 7 });
    clock.advance(500);
    await received;
    expect(said).toEqual([]);
  });

  test("when it is stored after its time was over: its message is shown as any other", async () => {
    const { clock, commit, said, connection, receive } = createServed();
    const received = receive(send);
    await settle();
    clock.advance(9_500);
    await received;
    expect(shortly(said)).toEqual([[7, "history-unavailable"]]);
    commit.resolve(stored);
    await settle();
    expect(connection.numbers()).toEqual([1]);
    expect(connection.answers).not.toContainEqual({ ref: 7 });
    expect(said).toHaveLength(1);
  });
});

describe("sends on one socket", () => {
  const send = (ref: number) => ({ type: "message", recipient_id: 1, text: "x", ref });

  test("count from their arrival on, and beyond what can wait are refused in their place [SEND-7] [WS-3]", async () => {
    const { listing, commit, clock, said, receive } = createServed({ sendsWaiting: 2 });
    const all = [list(1), send(2), send(3), send(4)].map(receive);
    clock.advance(500);
    all.push(...[send(5), { type: "ping", ref: 6 }].map(receive));
    await all.at(-1);
    expect(shortly(said)).toEqual([[6, undefined]]);
    listing.reject(new Error("away"));
    commit.resolve({ status: "unknown-receiver" });
    await Promise.all(all);
    await receive(send(7));
    expect(shortly(said).slice(1)).toEqual([
      [1, "internal"],
      [2, "not-found"],
      [3, "not-found"],
      [4, "not-found"],
      [5, "overloaded"],
      [7, "not-found"],
    ]);
    expect(said[5]).toMatchObject({ type: "error", retry_after_ms: 1_000 });
  });
});

describe("a socket that asks and never acknowledges", () => {
  test("is closed with 4008 once 4 MiB of answers are on the way, and pings change nothing [FLOW-1] [WS-5]", async () => {
    const { said, clock, connection, receive } = createServed();
    const ref = "x".repeat(64);
    let asked = 0;
    while (connection.isOpen && asked < 100_000) {
      clock.advance(100);
      asked += 1;
      await receive({ type: asked % 2 === 0 ? "ping" : "shout", ref });
    }
    expect(connection.closedWith).toBe(closeCodes.slow);
    const bytes = said.reduce((sum, frame) => sum + JSON.stringify(frame).length, 0);
    expect(bytes).toBeGreaterThan(4 * 1_024 * 1_024 - 1_000);
    expect(bytes).toBeLessThan(4 * 1_024 * 1_024 + 1_000);
  });
});
