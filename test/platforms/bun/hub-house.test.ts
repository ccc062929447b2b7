import { Database } from "bun:sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SocketToOpen } from "../../../src/http/env.ts";
import { openHubDatabase } from "../../../src/platforms/bun/hub-database.ts";
import { createHubHouse } from "../../../src/platforms/bun/hub-house.ts";
import type { Ports } from "../../../src/ports/index.ts";
import type { HubFrame } from "../../../src/protocol/event.ts";
import { defaultLimits } from "../../../src/protocol/limits.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { bob, sampleEvent } from "../../support/sample.ts";

const start = Date.UTC(2026, 0, 9, 10, 31, 0);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-house-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const newFile = (): string => join(directory, `${crypto.randomUUID()}.sqlite`);

/** The hubs of one process over a file, with a history that remembers what was delivered and when people left. */
function openHouse(file = newFile()) {
  const clock = createManualClock(start);
  const delivered: number[][] = [];
  const left: number[] = [];
  const works = new Set<Promise<unknown>>();
  const raw = new Database(file);
  const keeper = openHubDatabase(raw, clock);
  const ports = {
    clock,
    config: { limits: defaultLimits },
    log: { info: () => undefined, error: () => undefined },
    later: (work: Promise<unknown>) => void works.add(work),
    history: {
      listRange: async () => [],
      markDelivered: async (_: number, ids: number[]) => {
        delivered.push(ids);
        return [];
      },
    },
    users: { saveLastSeen: async (userId: number) => void left.push(userId) },
  };
  const portsWith = (hubs: Ports["hubs"]) => ({ ...ports, hubs }) as unknown as Ports;
  const house = createHubHouse({ keeper, clock, log: ports.log, portsWith });

  /** Lets everything happen that is due. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) {
      await Promise.all(works);
      await nextTurn();
    }
  }

  return {
    house,
    raw,
    hubs: house.ports.hubs,
    delivered,
    left,
    settle,
    async pass(ms: number) {
      await settle();
      clock.advance(ms);
      await settle();
    },
    async connect(lastEventId: string | null = null) {
      const connection = await house.ports.hubs.connect(bob.id, { lastEventId });
      const frames: HubFrame[] = [];
      const codes: number[] = [];
      connection.onFrame((frame) => frames.push(frame));
      connection.onClose((code) => codes.push(code));
      await settle();
      const idOf = (frame: HubFrame | undefined) => (frame && "id" in frame ? frame.id : "");
      return {
        connection,
        codes,
        kinds: () => frames.map(({ kind }) => kind),
        texts: () =>
          frames.flatMap((frame) =>
            frame.kind === "event" && frame.event.type === "message"
              ? [frame.event.message.text]
              : [],
          ),
        lastId: () => idOf(frames.findLast((frame) => "id" in frame)),
      };
    },
    /** Whether the file says that Bob is there. */
    isOnline() {
      const row = raw.query("SELECT memory ->> 'isOnline' FROM hubs WHERE user_id = ?");
      return row.values(bob.id)[0]?.[0] === 1;
    },
    async stop() {
      house.close();
      await keeper.close();
    },
  };
}

type House = ReturnType<typeof openHouse>;

const deliver = ({ hubs }: House, seq: number): Promise<void> =>
  hubs.deliver(bob.id, [sampleEvent(seq)]);

async function openSocket({ house }: House) {
  const sent: string[] = [];
  const codes: number[] = [];
  const opening: SocketToOpen = {
    surface: "messaging",
    person: bob,
    expiresAt: start / 1_000 + 3_600,
    base: "http://localhost",
    lastEventId: "none",
  };
  const wire = {
    send: (text: string) => void sent.push(text),
    close: (code: number) => void codes.push(code),
  };
  const socket = (await house.hubOf(bob.id)).open(opening, wire);
  return {
    socket,
    codes,
    types: () => sent.map((text) => (JSON.parse(text) as { type: string }).type),
  };
}

describe("a hub that nobody needs", () => {
  it("is forgotten, and whoever comes back resumes [HUB-1] [RESUME-1]", async () => {
    const place = openHouse();
    const first = await place.connect();
    await deliver(place, 1);
    const hub = await place.house.here(bob.id);
    place.house.evict();
    expect(await place.house.here(bob.id)).toBe(hub);
    first.connection.acknowledge(1);
    first.connection.close(1000);
    await place.pass(10_000);
    await place.pass(10_000);
    expect(place.delivered).toEqual([[101]]);
    expect(place.left).toEqual([bob.id]);
    place.house.evict();
    expect(await place.house.here(bob.id)).not.toBe(hub);
    await deliver(place, 2);
    const second = await place.connect(first.lastId());
    expect([second.kinds(), second.texts()]).toEqual([["event", "ready"], ["message 2"]]);
    await place.stop();
  });

  it("is kept while it has something to do", async () => {
    const place = openHouse();
    const { connection } = await place.connect();
    connection.close(1000);
    await place.settle();
    const hub = await place.house.here(bob.id);
    place.house.evict();
    // It waits to see whether its user comes back (PRES-5).
    expect(await place.house.here(bob.id)).toBe(hub);
    await place.stop();
  });
});

describe("the next process", () => {
  it("goes on where the last one was [HUB-1] [HUB-4]", async () => {
    const file = newFile();
    const before = openHouse(file);
    const first = await before.connect();
    await deliver(before, 1);
    await before.stop();
    expect(first.codes).toEqual([1001]);
    const after = openHouse(file);
    await deliver(after, 1);
    await deliver(after, 2);
    const second = await after.connect(first.lastId());
    expect(second.texts()).toEqual(["message 2"]);
    expect(await after.hubs.redeemTicket(bob.id, "t", start / 1_000)).toBe(true);
    await after.stop();
  });

  it("notices that those who were there are not [PRES-1] [PRES-5]", async () => {
    const file = newFile();
    const before = openHouse(file);
    await before.connect();
    await before.stop();
    const after = openHouse(file);
    await after.house.resume();
    expect(after.isOnline()).toBe(true);
    await after.pass(5_000);
    expect([after.isOnline(), after.left]).toEqual([false, [bob.id]]);
    await after.stop();
  });

  it("finds a ticket used that the last one took [AUTH-2]", async () => {
    const file = newFile();
    const before = openHouse(file);
    const redeem = (place: House) => place.hubs.redeemTicket(bob.id, "t", start / 1_000 + 30);
    expect(await redeem(before)).toBe(true);
    await before.stop();
    const after = openHouse(file);
    expect(await redeem(after)).toBe(false);
    await after.stop();
  });
});

describe("when the server stops", () => {
  it("every connection is closed with 1001, and there are no hubs any more", async () => {
    const place = openHouse();
    const stream = await place.connect();
    const socket = await openSocket(place);
    await place.settle();
    expect(socket.types()).toEqual(["connection_established", "reset", "ready"]);
    await place.stop();
    expect([stream.codes, socket.codes]).toEqual([[1001], [1001]]);
    await expect(place.connect()).rejects.toMatchObject({ code: "hub-unavailable" });
  });
});

describe("when the file cannot keep what happened", () => {
  it("nobody is told of it, connections end, and the next try tells [HUB-3]", async () => {
    const file = newFile();
    const place = openHouse(file);
    const stream = await place.connect();
    const socket = await openSocket(place);
    await deliver(place, 1);
    const delivery = deliver(place, 2);
    while (!place.raw.inTransaction) await Promise.resolve();
    // What SQLite does by itself when a disk is full.
    place.raw.run("ROLLBACK");
    await place.pass(100);
    await delivery;
    expect([stream.texts(), stream.codes]).toEqual([["message 1"], [1001]]);
    expect(socket.codes).toEqual([1001]);
    const again = await place.connect(stream.lastId());
    expect(again.texts()).toEqual(["message 2"]);
    await place.stop();
  });

  it("a connection that was to be closed just then is closed, too", async () => {
    const place = openHouse();
    const stream = await place.connect();
    const delivery = deliver(place, 1);
    while (!place.raw.inTransaction) await Promise.resolve();
    stream.connection.close(1000);
    expect(stream.codes).toEqual([]);
    place.raw.run("ROLLBACK");
    await place.pass(100);
    await delivery;
    expect(stream.codes).toEqual([1001]);
    await place.stop();
  });
});
