import { describe, expect, test } from "vitest";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import { createFakeConnection, type FakeConnection } from "../support/fake-connection.ts";
import { createHubRig, type HubRig } from "../support/hub-rig.ts";
import { sampleEvent } from "../support/sample.ts";

const tries = 10_000;
const stepsInTry = 24;

/** A small generator (mulberry32), so that a try can be repeated by its seed. */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % sides;
  };
}

/** A client that comes and goes, as one that keeps its last event id. */
interface Client {
  connection: FakeConnection | null;
  /** What it has from all its connections so far. */
  has: number[];
  /** Where its first connection began. */
  begin: number;
  /** What it last acknowledged or came back with. */
  acked: number;
}

interface Race {
  rig: HubRig;
  clients: Client[];
  seq: number;
  windowEvents: number;
  faults: string[];
  roll: (sides: number) => number;
}

function newestOf(client: Client): number {
  return client.has.at(-1) ?? client.begin;
}

function join({ rig }: Race, client: Client): void {
  client.acked = newestOf(client);
  client.connection = rig.join(`epoch1-${client.acked}`);
}

/** The client keeps what came over the connection, which must follow on what it had. */
function takeOver(client: Client): void {
  if (!client.connection) return;
  const numbers = client.connection.numbers();
  const known = client.has.filter((number) => numbers.includes(number));
  client.has.push(...numbers.slice(known.length));
}

function leave({ rig }: Race, client: Client): void {
  if (!client.connection) return;
  takeOver(client);
  if (client.connection.isOpen) rig.leave(client.connection);
  client.connection = null;
}

function acknowledgeAll(rig: HubRig, connection: FakeConnection): void {
  let seen = -1;
  while (seen !== connection.frames.length) {
    seen = connection.frames.length;
    rig.hub.acknowledge(connection, connection.numbers().at(-1) ?? 0, rig.now);
  }
}

function step(race: Race): void {
  const { rig, clients, roll } = race;
  const client = clients[roll(clients.length)]!;
  rig.now += roll(50);
  switch (roll(6)) {
    case 0:
    case 1:
      race.seq += 1;
      rig.hub.inbox.deliver(sampleEvent(race.seq), rig.now);
      break;
    case 2: {
      const numbers = client.connection?.numbers() ?? [];
      const number = numbers[roll(numbers.length || 1)];
      if (client.connection?.isOpen && number !== undefined) {
        client.acked = Math.max(client.acked, number);
        rig.hub.acknowledge(client.connection, number, rig.now);
      }
      break;
    }
    case 3:
      leave(race, client);
      break;
    case 4:
      if (!client.connection?.isOpen) {
        leave(race, client);
        join(race, client);
      }
      break;
    case 5:
      rig.sleep();
      break;
  }
  takeOver(client);
  race.faults.push(...clients.flatMap((each) => faultsOfWindow(each, race.windowEvents)));
}

function faultsOfWindow({ connection, acked }: Client, windowEvents: number): string[] {
  const sent = connection?.numbers().at(-1) ?? 0;
  return sent - acked <= windowEvents ? [] : [`${sent - acked} of ${windowEvents} on the way`];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** Plays one try; answers what went wrong in it. */
function play(seed: number): string[] {
  const roll = createDice(seed);
  const limits = { windowEvents: 1 + roll(6), windowBytes: 1_000 + roll(10_000) };
  const rig = createHubRig({ limits });
  const old = roll(12);
  for (let seq = 1; seq <= old; seq += 1) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
  const clients = range(1, 1 + roll(3)).map((): Client => {
    const begin = roll(old + 1);
    return { connection: null, has: [], begin, acked: begin };
  });
  const { windowEvents } = limits;
  const race: Race = { rig, clients, seq: old, windowEvents, faults: [], roll };
  for (const client of clients) join(race, client);
  for (let count = 0; count < stepsInTry; count += 1) step(race);
  for (const client of clients) {
    leave(race, client);
    join(race, client);
    acknowledgeAll(rig, client.connection!);
    takeOver(client);
  }
  return [
    ...race.faults,
    ...clients.flatMap((client) => faultsOfClient(client, race.seq)),
    ...rig.connections.flatMap(faultsOfConnection),
  ].map((fault) => `try ${seed}: ${fault}`);
}

function faultsOfClient({ has, begin }: Client, head: number): string[] {
  const wanted = range(begin + 1, head).join();
  return has.join() === wanted ? [] : [`has ${has.join()} of ${wanted}`];
}

function faultsOfConnection(connection: FakeConnection): string[] {
  const numbers = connection.numbers();
  const isRow = numbers.every((number, index) => index === 0 || number === numbers[index - 1]! + 1);
  const kinds = connection.kinds();
  const readies = kinds.filter((kind) => kind === "ready").length;
  return [
    ...(isRow ? [] : [`${connection.id} was sent ${numbers.join()}`]),
    ...(readies <= 1 ? [] : [`${connection.id} was ready ${readies} times`]),
    // A replay waits for its reader; only who was live can fall behind.
    ...(connection.closedWith === null || readies > 0 ? [] : [`${connection.id} was cut off`]),
    ...(kinds.includes("reset") ? [`${connection.id} was reset`] : []),
    ...([null, closeCodes.slow].includes(connection.closedWith as 4008 | null)
      ? []
      : [`${connection.id} was closed with ${connection.closedWith}`]),
  ];
}

describe("an event that lands between replay and live", () => {
  test(
    "is missed by no connection and comes to none twice, in 10,000 tries [RESUME-1] [FLOW-1] [HUB-3]",
    { timeout: 120_000 },
    () => {
      const faults = range(1, tries).flatMap(play);
      expect(faults.slice(0, 5)).toEqual([]);
    },
  );

  test("comes after ready to who has caught up, and before it to who has not [RESUME-1]", () => {
    const rig = createHubRig({ limits: { windowEvents: 2 } });
    for (const seq of range(1, 4)) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    const [behind, level] = [rig.join("epoch1-0"), rig.join("epoch1-4")];
    rig.hub.inbox.deliver(sampleEvent(5), rig.now);
    acknowledgeAll(rig, behind);
    expect(behind.kinds()).toEqual([...range(1, 5).map(() => "event"), "ready"]);
    expect(level.kinds()).toEqual(["ready", "event"]);
  });
});

/** A connection that has said nothing yet. */
function openSilently(rig: HubRig): FakeConnection {
  const connection = createFakeConnection("silent", rig.now);
  connection.signOfLife = Infinity;
  rig.connections.push(connection);
  rig.hub.open(connection, rig.now);
  return connection;
}

describe("a connection on /ws/messaging/", () => {
  test("that says nothing for 60 s is closed with 4408, and not before [WS-4]", () => {
    const rig = createHubRig();
    const silent = openSilently(rig);
    const spoken = rig.join();
    expect(rig.hub.wakeAt(rig.now)).toBeLessThanOrEqual(rig.now + 60_000);
    rig.now += 59_999;
    rig.hub.expire(rig.now);
    expect([silent.closedWith, spoken.closedWith]).toEqual([null, null]);
    rig.now += 1;
    expect(rig.hub.wakeAt(rig.now)).toBeLessThanOrEqual(rig.now);
    rig.hub.expire(rig.now);
    expect([silent.closedWith, spoken.closedWith]).toEqual([closeCodes.idle, null]);
  });

  test("gets nothing before it has said from where it goes on [WS-4]", () => {
    const rig = createHubRig();
    const silent = openSilently(rig);
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.signal({ type: "presence", userId: 1, isOnline: true, lastSeen: null });
    expect(silent.frames).toEqual([]);
  });
});
