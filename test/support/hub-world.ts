import type { Hole } from "../../src/core/hub-inbox.ts";
import type { HubStore } from "../../src/core/hub-store.ts";
import { createHub, type Hub } from "../../src/core/hub.ts";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import type { DurableEvent } from "../../src/protocol/event.ts";
import { defaultLimits, type Limits } from "../../src/protocol/limits.ts";
import type { Message } from "../../src/protocol/message.ts";
import type { LoggedFrame } from "../../src/protocol/socket-frames.ts";
import { createFakeConnection, type FakeConnection } from "./fake-connection.ts";
import { start } from "./hub-rig.ts";
import { createKeptHubStore, type KeptHubStore, type LostPart } from "./kept-hub-store.ts";
import { bob, carol, alice, sampleMessage } from "./sample.ts";

/** How one turn of the hub ends. */
export type TurnEnd = "well" | "store-fails" | "dies-before-frames" | "dies-after-frames";

/** One hub among everything that can happen to it: its process, its store, the history and its connections. */
export interface HubWorld {
  now: number;
  hub: Hub;
  store: HubStore;
  kept: KeptHubStore;
  limits: Limits;
  connections: FakeConnection[];
  messages: Message[];
  /** What is wrong, as it was found. */
  faults: string[];
  /** Epochs whose log lost something. */
  lossy: Set<string>;
  heads(): Map<number, number>;
  write(conversationId: number, isOwn: boolean): Message;
  deliver(events: DurableEvent[], isHistoryAway: boolean): void;
  sync(): void;
  connect(): FakeConnection;
  /** Does what one turn of the event loop does. */
  turn(end: TurnEnd, work: () => void): void;
  /** The hub is made anew from what is kept; connections stay. */
  wake(): void;
  lose(part: LostPart): void;
  spoil(number: number): void;
}

export function createHubWorld(change: Partial<Limits>): HubWorld {
  const limits = { ...defaultLimits, ...change };
  const kept = createKeptHubStore();
  const open = (): FakeConnection[] => world.connections.filter((each) => each.isOpen);
  const said = new Map<string, string>();
  let outbox: (() => void)[] = [];

  function createWorldHub(): Hub {
    world.store = kept.open(world.now);
    return createHub({
      userId: bob.id,
      store: world.store,
      connections: open,
      limits,
      now: world.now,
    });
  }

  /** What is said goes out when the turn was kept (HUB-3). */
  function connect(): FakeConnection {
    const connection = createFakeConnection(`c${world.connections.length}`, (world.now += 1));
    const send = connection.send.bind(connection);
    connection.send = (frame) => {
      if (connection.isOpen) outbox.push(() => tell(connection, frame));
      return JSON.stringify(frame).length;
    };
    function tell(to: FakeConnection, frame: LoggedFrame): void {
      const wasOpen = to.isOpen;
      to.isOpen = true;
      send(frame);
      to.isOpen = wasOpen;
      noteSaid(frame);
    }
    world.connections.push(connection);
    world.hub.open(connection, world.now);
    return connection;
  }

  /** An id is never taken for another event (HUB-2). */
  function noteSaid(frame: LoggedFrame): void {
    if (frame.kind !== "event") return;
    const before = said.get(frame.id);
    if (before !== undefined && before !== frame.body)
      world.faults.push(`${frame.id} names another event than before`);
    said.set(frame.id, frame.body);
  }

  function range({ conversationId, fromSeq, toSeq, since }: Hole): Message[] {
    return world.messages.filter(
      (each) =>
        each.conversationId === conversationId &&
        each.seq >= fromSeq &&
        each.seq <= toSeq &&
        each.createdAt >= since,
    );
  }

  function die(): void {
    for (const each of open()) each.close(closeCodes.goingAway);
    outbox = [];
    world.wake();
  }

  const world: HubWorld = {
    now: start,
    kept,
    limits,
    connections: [],
    messages: [],
    faults: [],
    lossy: new Set(),
    heads() {
      const heads = new Map<number, number>();
      for (const { conversationId, seq } of world.messages) heads.set(conversationId, seq);
      return heads;
    },
    write(conversationId, isOwn) {
      const seq = (world.heads().get(conversationId) ?? 0) + 1;
      const other = conversationId === 1 ? alice : carol;
      const [sender, receiver] = isOwn ? [bob, other] : [other, bob];
      const createdAt = new Date(world.now).toISOString();
      const id = 1_000 * conversationId + seq;
      const message = sampleMessage(seq, { id, conversationId, sender, receiver, createdAt });
      world.messages.push(message);
      return message;
    },
    deliver(events, isHistoryAway) {
      for (const event of events) {
        const hole = world.hub.inbox.deliver(event, world.now);
        if (!hole || isHistoryAway) continue;
        world.hub.inbox.repair(range(hole), hole, world.now);
        world.hub.inbox.deliver(event, world.now);
      }
    },
    sync() {
      const heads = [...world.heads()].map(([conversationId, headSeq]) => {
        const last = world.messages.findLast((each) => each.conversationId === conversationId)!;
        const partnerId = conversationId === 1 ? alice.id : carol.id;
        const { createdAt: lastMessageAt } = last;
        return { conversationId, partnerId, headSeq, unreadVersion: headSeq, lastMessageAt };
      });
      for (const hole of world.hub.inbox.holes(heads, world.now))
        world.hub.inbox.repair(range(hole), hole, world.now);
    },
    connect,
    turn(end, work) {
      work();
      if (end !== "store-fails") kept.keep();
      if (end === "well" || end === "dies-after-frames") for (const each of outbox) each();
      outbox = [];
      if (end !== "well") die();
    },
    wake() {
      world.hub = createWorldHub();
      kept.keep();
    },
    lose(part) {
      world.lossy.add(world.store.epoch());
      kept.lose(part);
      world.wake();
    },
    spoil(number) {
      world.lossy.add(world.store.epoch());
      kept.spoil(number);
      world.wake();
    },
    // Made at once, below.
    hub: undefined as unknown as Hub,
    store: undefined as unknown as HubStore,
  };
  world.wake();
  return world;
}
