import { closeCodes } from "../protocol/close-codes.ts";
import type { Signal } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";
import { createDeliveryReport, type DeliveryReport } from "./delivery-report.ts";
import { createFeed } from "./hub-feed.ts";
import { createInbox, type Inbox } from "./hub-inbox.ts";
import { createPresenceBook, type PresenceBook } from "./hub-presence.ts";
import type { HubStore } from "./hub-store.ts";
import { createTypingGate, type TypingGate } from "./hub-typing.ts";

export interface HubOptions {
  userId: number;
  store: HubStore;
  /** The open connections, in any order. */
  connections: () => Connection[];
  limits: Limits;
}

/**
 * One user's hub: their connections, their presence and the log of what concerns them. It decides at once and waits
 * for nothing; whoever hosts it carries out what it asks for (holes, `presence.announcement`, `report`) and wakes it
 * at `wakeAt`.
 */
export interface Hub {
  /** A connection is there; it gets nothing until it joins. */
  open(connection: Connection, now: number): void;
  /** From its last event id on, it gets what it missed and then what happens. */
  join(connection: Connection, lastEventId: string | null, now: number): void;
  leave(connection: Connection, now: number): void;
  acknowledge(connection: Connection, number: number, now: number): void;
  signal(signal: Signal): void;
  /** Closes connections whose time is over. */
  expire(now: number): void;
  passTyping: TypingGate;
  inbox: Inbox;
  presence: PresenceBook;
  report: DeliveryReport;
  store: HubStore;
  /** When the hub wants to be woken though nothing happens, ms; null for never. */
  wakeAt(now: number): number | null;
}

/** How often connections are looked at when nothing else happens: a dead one leaves no close event behind. */
const sweepMs = 5 * 60_000;
/** How long a connection may stay without saying from where it goes on. */
const waitingMs = 60_000;

export function createHub(options: HubOptions): Hub {
  const { userId, store, connections, limits } = options;
  const report = createDeliveryReport(userId, store);
  const feed = createFeed({ ...options, report });
  const presence = createPresenceBook({ ...options, broadcast: feed.broadcast });
  const inbox = createInbox({
    ...options,
    onPartner: presence.touch,
    onEntry(entry, event, origin) {
      if (event.type === "message") report.expect(entry.number, event.message);
      feed.publish(entry, origin);
    },
  });

  /** A connection that pings is one that listens, though it never said from where on. */
  function startOrClose(connection: Connection, now: number): void {
    if (Number.isFinite(connection.lastSignOfLife())) feed.join(connection, null, now);
    else connection.close(closeCodes.idle);
  }

  return {
    open(connection, now) {
      makeRoom(connections(), connection, limits.connectionsPerUser);
      presence.refresh(now);
    },
    join: feed.join,
    leave(connection, now) {
      feed.leave(connection);
      presence.refresh(now);
    },
    acknowledge(connection, number, now) {
      const isSent = Number.isSafeInteger(number) && number >= 0 && number <= store.head();
      if (isSent) feed.acknowledge(connection, number, now);
    },
    signal: (signal) => feed.broadcast({ kind: "signal", signal }),
    expire(now) {
      for (const each of connections()) {
        if (now >= each.expiresAt) each.close(closeCodes.tokenExpired);
        else if (now >= waitsUntil(each)) startOrClose(each, now);
      }
    },
    passTyping: createTypingGate(store, limits),
    inbox,
    presence,
    report,
    store,
    wakeAt(now) {
      const news = presence.announcement(now) ? [now] : [];
      const ends = connections().flatMap((each) => [
        each.expiresAt,
        waitsUntil(each),
        now + sweepMs,
      ]);
      const due = [presence.dueAt(), report.dueAt()].filter((at) => at !== null);
      const wakeAt = Math.min(...news, ...ends, ...due);
      return Number.isFinite(wakeAt) ? wakeAt : null;
    },
  };
}

function waitsUntil(connection: Connection): number {
  const isWaiting = connection.position().stage === "waiting";
  return isWaiting ? connection.openedAt + waitingMs : Infinity;
}

/** Closes the oldest connections, so that the newest finds a place (FLOW-2). */
function makeRoom(all: Connection[], newest: Connection, most: number): void {
  const others = all.filter((each) => each.id !== newest.id);
  const oldest = others.toSorted((a, b) => a.openedAt - b.openedAt);
  const surplus = Math.max(0, others.length + 1 - most);
  for (const each of oldest.slice(0, surplus)) each.close(closeCodes.replaced);
}
