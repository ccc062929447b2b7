import type { DurableEvent, Signal } from "../protocol/event.ts";
import { eventKey } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Message } from "../protocol/message.ts";
import type { Presence } from "../protocol/presence.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import type { Connection } from "./connection.ts";
import { createDeliveryReport, type DeliveryReport } from "./delivery-report.ts";
import { createFeed } from "./hub-feed.ts";
import { createPresenceBook, type Visit } from "./hub-presence.ts";
import type { HubStore } from "./hub-store.ts";

/** Messages that the hub has not been given, though it knows that they exist. */
export interface Hole {
  conversationId: number;
  fromSeq: number;
  toSeq: number;
  /** Older messages are history, not news, ISO 8601. */
  since: string;
}

/** What the history says of one conversation. */
export interface Head {
  conversationId: number;
  partnerId: number;
  headSeq: number;
  lastMessageAt: string | null;
}

export interface HubOptions {
  userId: number;
  store: HubStore;
  /** The open connections, in any order. */
  connections: () => Connection[];
  limits: Limits;
}

/**
 * One user's hub: their connections, their presence and the log of what concerns them. It decides at once and waits
 * for nothing; whoever calls it carries out what it asks for (`announcement`, `report`, `holes`) and wakes it at `wakeAt`.
 */
export interface Hub {
  join(connection: Connection, lastEventId: string | null, now: number): void;
  leave(connection: Connection, now: number): void;
  acknowledge(connection: Connection, number: number, now: number): void;
  /** Logs and sends; a message beyond a hole is left alone and the hole returned (HUB-5). */
  deliver(event: DurableEvent, now: number): Hole | null;
  /** Logs and sends what filled a hole, and takes the hole for filled. */
  fill(messages: Message[], hole: Hole, now: number): void;
  holes(heads: Head[], now: number): Hole[];
  signal(signal: Signal): void;
  /** Whether a typing signal goes on to a partner. */
  passTyping(receiverId: number, isTyping: boolean, now: number): "unknown" | "quiet" | "pass";
  introduce(partnerIds: number[]): void;
  watch(now: number): void;
  receiveVisit(visit: Visit): Visit;
  announcement(now: number): { to: number[]; visit: Visit } | null;
  announced(visit: Visit): void;
  listPresence(): Presence[] | null;
  /** When the user was last here, if that is not stored outside the hub yet. */
  unsavedLastSeen(): string | null;
  lastSeenSaved(at: string): void;
  report: DeliveryReport;
  unreadVersions(): [conversationId: number, version: number][];
  redeemTicket(id: string, expiresAt: number, now: number): boolean;
  refresh(now: number): void;
  /** When the hub wants to be woken though nothing happens, ms; null for never. */
  wakeAt(now: number): number | null;
}

/** How often connections are looked at when nothing else happens: a dead one leaves no close event behind. */
const sweepMs = 5 * 60_000;
/** Clocks of the hub and of the database may differ by so much. */
const skewMs = 10_000;

export function createHub(options: HubOptions): Hub {
  const { userId, store, connections, limits } = options;
  const feed = createFeed(options);
  const presence = createPresenceBook({ ...options, broadcast: feed.broadcast });
  const report = createDeliveryReport(userId, store);
  const typing = new Map<number, { at: number; isTyping: boolean }>();
  const since = new Date(store.bornAt - skewMs).toISOString();

  function record(event: DurableEvent): void {
    const entry = store.append(eventKey(event), event, limits.logEvents);
    if (!entry) return;
    if (event.type === "message") report.expect(entry.number, event.message);
    feed.publish(entry);
  }

  function headOf(conversationId: number): number {
    return store.conversation(conversationId)?.headSeq ?? 0;
  }

  function raise(conversationId: number, headSeq: number, unreadVersion: number): void {
    const state = store.conversation(conversationId) ?? { headSeq: 0, unreadVersion: 0 };
    if (headSeq <= state.headSeq && unreadVersion <= state.unreadVersion) return;
    store.saveConversation(conversationId, {
      headSeq: Math.max(headSeq, state.headSeq),
      unreadVersion: Math.max(unreadVersion, state.unreadVersion),
    });
  }

  function recordMessage(message: Message, event: DurableEvent, now: number): void {
    const partner = message.sender.id === userId ? message.receiver : message.sender;
    presence.touch(partner.id, now);
    raise(message.conversationId, message.seq, 0);
    record(event);
  }

  function deliver(event: DurableEvent, now: number): Hole | null {
    if (event.type === "read" && event.unread) {
      raise(event.conversationId, 0, event.unread.version);
    }
    if (event.type !== "message") {
      record(event);
      return null;
    }
    const { message, unread } = event;
    if (unread) raise(message.conversationId, 0, unread.version);
    const head = headOf(message.conversationId);
    if (message.seq <= head) return null;
    if (message.seq > head + 1) {
      const { conversationId } = message;
      return { conversationId, fromSeq: head + 1, toSeq: message.seq - 1, since };
    }
    recordMessage(message, event, now);
    return null;
  }

  return {
    join(connection, lastEventId, now) {
      const others = connections().filter((each) => each.id !== connection.id);
      const surplus = others.length + 1 - limits.connectionsPerUser;
      const oldest = others.toSorted((a, b) => a.openedAt - b.openedAt);
      for (const each of oldest.slice(0, Math.max(0, surplus))) each.close(closeCodes.replaced);
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
    deliver,
    fill(messages, hole, now) {
      for (const message of messages) {
        if (message.seq > headOf(hole.conversationId)) {
          recordMessage(message, { type: "message", message }, now);
        }
      }
      raise(hole.conversationId, hole.toSeq, 0);
    },
    holes(heads, now) {
      const holes: Hole[] = [];
      for (const { conversationId, partnerId, headSeq, lastMessageAt } of heads) {
        presence.touch(partnerId, lastMessageAt === null ? 0 : Math.min(now, Date.parse(lastMessageAt)));
        const head = headOf(conversationId);
        if (headSeq <= head) continue;
        if (lastMessageAt !== null && lastMessageAt < since) raise(conversationId, headSeq, 0);
        else holes.push({ conversationId, fromSeq: head + 1, toSeq: headSeq, since });
      }
      return holes;
    },
    signal: (signal) => feed.broadcast({ kind: "signal", signal }),
    passTyping(receiverId, isTyping, now) {
      const partner = store.partner(receiverId);
      if (!partner) return "unknown";
      const last = typing.get(receiverId);
      const isRepeat = last && last.isTyping === isTyping && now - last.at < limits.typingIntervalMs;
      if (isRepeat || (!isTyping && !last?.isTyping)) return "quiet";
      typing.set(receiverId, { at: now, isTyping });
      const knowsPresence = store.memory().watchUntil > now && partner.presence.revision > 0;
      return knowsPresence && !partner.presence.isOnline ? "quiet" : "pass";
    },
    introduce: presence.introduce,
    watch: presence.watch,
    receiveVisit: presence.receive,
    announcement: presence.announcement,
    announced: presence.announced,
    listPresence: presence.list,
    unsavedLastSeen() {
      const { lastSeen, lastSeenSaved } = store.memory();
      return lastSeenSaved ? null : lastSeen;
    },
    lastSeenSaved(at) {
      const memory = store.memory();
      if (memory.lastSeen === at) store.saveMemory({ ...memory, lastSeenSaved: true });
    },
    report,
    unreadVersions: store.unreadVersions,
    redeemTicket: store.redeemTicket,
    refresh: (now) => void presence.refresh(now),
    wakeAt(now) {
      const { graceUntil } = store.memory();
      const sweep = connections().length > 0 ? now + sweepMs : null;
      const news = presence.announcement(now) ? now : null;
      const wakes = [graceUntil, report.dueAt(), news, sweep].filter((at) => at !== null);
      return wakes.length > 0 ? Math.min(...wakes) : null;
    },
  };
}
