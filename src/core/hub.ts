import { closeCodes } from "../protocol/close-codes.ts";
import type { Signal } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";
import { createDeliveryReport, type DeliveryReport } from "./delivery-report.ts";
import { createFeed } from "./hub-feed.ts";
import { createInbox, type Inbox } from "./hub-inbox.ts";
import { beginAnew, hasLost } from "./hub-loss.ts";
import { createPresenceBook, type PresenceBook } from "./hub-presence.ts";
import type { HubStore } from "./hub-store.ts";
import { createTypingGate, type TypingGate } from "./hub-typing.ts";

export interface HubOptions {
  userId: number;
  store: HubStore;
  /** The open connections, in any order. */
  connections: () => Connection[];
  limits: Limits;
  /** When the hub was made or woke, ms. */
  now: number;
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
  /** It was answered with so many bytes; one that only asks and never says what has arrived is closed. */
  answered(connection: Connection, bytes: number): void;
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
  /** The same, but for a report that sleep would make needless. */
  wakeFromSleepAt(now: number): number | null;
}

export function createHub(options: HubOptions): Hub {
  const { userId, store, connections, limits } = options;
  if (hasLost(store)) beginAnew(store, options.now);
  const report = createDeliveryReport(userId, store);
  const onLoss = (now: number): void => {
    beginAnew(store, now);
    report.forget();
  };
  const feed = createFeed({ ...options, report, onLoss });
  const presence = createPresenceBook({ ...options, broadcast: feed.broadcast });
  const inbox = createInbox({
    ...options,
    onPartner: presence.touch,
    onEntry(entry, event, origin) {
      if (event.type === "message") report.expect(entry.number, event.message);
      feed.publish({ ...entry, event }, origin);
    },
  });

  /** A connection that pings is one that listens, though it never said from where on. */
  function startOrClose(connection: Connection, now: number): void {
    if (Number.isFinite(connection.lastSignOfLife())) feed.join(connection, null, now);
    else connection.close(closeCodes.idle);
  }

  const wakeAt = (now: number, reportAt: number | null): number | null =>
    nextWake({ ...options, presence }, now, reportAt);

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
    answered: feed.count,
    signal: (signal) => feed.broadcast({ kind: "signal", signal }),
    expire(now) {
      for (const each of connections()) {
        if (now >= each.expiresAt) each.close(closeCodes.tokenExpired);
        else if (now >= waitsUntil(each, limits)) startOrClose(each, now);
      }
    },
    passTyping: createTypingGate(store, limits),
    inbox,
    presence,
    report,
    store,
    wakeAt: (now) => wakeAt(now, report.dueAt()),
    wakeFromSleepAt: (now) => wakeAt(now, report.isKept() ? report.dueAt() : null),
  };
}

function nextWake(
  { presence, connections, limits }: HubOptions & { presence: PresenceBook },
  now: number,
  reportAt: number | null,
): number | null {
  let wakeAt = presence.announcement(now) ? now : Infinity;
  for (const each of connections())
    wakeAt = Math.min(wakeAt, each.expiresAt, waitsUntil(each, limits));
  wakeAt = Math.min(wakeAt, presence.dueAt(now) ?? Infinity, reportAt ?? Infinity);
  return Number.isFinite(wakeAt) ? wakeAt : null;
}

function waitsUntil(connection: Connection, { firstFrameMs }: Limits): number {
  const isWaiting = connection.position().stage === "waiting";
  return isWaiting ? connection.openedAt + firstFrameMs : Infinity;
}

/** Closes the oldest connections, so that the newest finds a place (FLOW-2). */
function makeRoom(all: Connection[], newest: Connection, most: number): void {
  const others = all.filter((each) => each.id !== newest.id);
  const oldest = others.toSorted((a, b) => a.openedAt - b.openedAt);
  const surplus = Math.max(0, others.length + 1 - most);
  for (const each of oldest.slice(0, surplus)) each.close(closeCodes.replaced);
}
