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
  join(connection: Connection, lastEventId: string | null, now: number): void;
  leave(connection: Connection, now: number): void;
  acknowledge(connection: Connection, number: number, now: number): void;
  signal(signal: Signal): void;
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

export function createHub(options: HubOptions): Hub {
  const { userId, store, connections, limits } = options;
  const feed = createFeed(options);
  const presence = createPresenceBook({ ...options, broadcast: feed.broadcast });
  const report = createDeliveryReport(userId, store);
  const inbox = createInbox({
    ...options,
    onPartner: presence.touch,
    onEntry(entry, event) {
      if (event.type === "message") report.expect(entry.number, event.message);
      feed.publish(entry);
    },
  });

  return {
    join(connection, lastEventId, now) {
      makeRoom(connections(), connection, limits.connectionsPerUser);
      const seen = feed.join(connection, lastEventId);
      if (seen !== null) report.acknowledge(seen, now);
      presence.refresh(now);
    },
    leave(connection, now) {
      feed.leave(connection);
      presence.refresh(now);
    },
    acknowledge(connection, number, now) {
      if (!Number.isSafeInteger(number) || number > store.head()) return;
      feed.acknowledge(connection, number);
      report.acknowledge(number, now);
    },
    signal: (signal) => feed.broadcast({ kind: "signal", signal }),
    passTyping: createTypingGate(store, limits),
    inbox,
    presence,
    report,
    store,
    wakeAt(now) {
      const news = presence.announcement(now) ? now : null;
      const sweep = connections().length > 0 ? now + sweepMs : null;
      const wakes = [news, presence.dueAt(), report.dueAt(), sweep].filter((at) => at !== null);
      return wakes.length > 0 ? Math.min(...wakes) : null;
    },
  };
}

/** Closes the oldest connections, so that the newest finds a place (FLOW-2). */
function makeRoom(all: Connection[], newest: Connection, most: number): void {
  const others = all.filter((each) => each.id !== newest.id);
  const oldest = others.toSorted((a, b) => a.openedAt - b.openedAt);
  const surplus = Math.max(0, others.length + 1 - most);
  for (const each of oldest.slice(0, surplus)) each.close(closeCodes.replaced);
}
