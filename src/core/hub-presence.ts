import type { Limits } from "../protocol/limits.ts";
import type { Presence } from "../protocol/presence.ts";
import type { LoggedFrame } from "../protocol/socket-frames.ts";
import type { Connection } from "./connection.ts";
import type { HubMemory, HubStore, Partner } from "./hub-store.ts";

/** One hub introducing its user to a partner's hub; `watchUntil` says until when it wants to hear of changes, ms. */
export interface Visit {
  presence: Presence;
  watchUntil: number;
}

export interface Announcement {
  to: number[];
  visit: Visit;
}

export interface PresenceOptions {
  userId: number;
  store: HubStore;
  connections: () => Connection[];
  limits: Limits;
  broadcast: (frame: LoggedFrame) => void;
}

/** Whether the hub's user is there, and who else is (PRES-1 to PRES-4). */
export interface PresenceBook {
  /** Looks at the connections again. */
  refresh(now: number): void;
  /** Notes that the two have written to each other. */
  touch(partnerId: number, activeAt: number): void;
  /** Says who all the partners are. */
  introduce(partnerIds: number[]): void;
  /** Asks to be kept informed for a while although nobody is connected. */
  watch(now: number): void;
  /** Whom to visit now, and with what; null when nobody waits for news. */
  announcement(now: number): Announcement | null;
  announced(visit: Visit): void;
  /** A partner's hub said how its user is. Answers how ours is. */
  receive(from: Visit): Visit;
  /** The partners known so far. */
  partners(): Presence[];
  /** When absence becomes news, ms; null for no such thing. */
  dueAt(): number | null;
}

const restWatchMs = 5 * 60_000;

export function createPresenceBook(options: PresenceOptions): PresenceBook {
  const { userId, store, connections, limits, broadcast } = options;
  // Partners not yet told that this hub wants to hear of them; asked for again when lost.
  const unvisited = new Set<number>();

  const update = (change: object): void => store.saveMemory({ ...store.memory(), ...change });
  const visit = (): Visit => visitOf(userId, store.memory());
  const nearest = (): Partner[] => store.partners(limits.presencePartners);

  function touch(partnerId: number, activeAt: number): void {
    const known = store.partner(partnerId);
    if (known && known.activeAt >= activeAt) return;
    store.savePartner({ ...(known ?? stranger(partnerId)), activeAt });
    if (!known) unvisited.add(partnerId);
  }

  return {
    refresh(now) {
      const isPresent = connections().some((each) => now - each.lastSignOfLife() < limits.staleMs);
      const change = isPresent
        ? arrive(store.memory(), now)
        : depart(store.memory(), now, limits.graceMs);
      if (change) update(change);
    },
    touch,
    introduce(partnerIds) {
      for (const id of partnerIds) touch(id, 0);
      if (!store.memory().partnersKnown) update({ partnersKnown: true });
    },
    watch(now) {
      if (store.memory().watchUntil > now) return;
      for (const each of nearest()) unvisited.add(idOf(each));
      update({ watchUntil: now + restWatchMs });
    },
    announcement(now) {
      const { announcedRevision, revision, watchUntil } = store.memory();
      if (announcedRevision < revision) {
        // Whoever watches visits everyone, to learn how they are; who leaves tells those who watch.
        const told = nearest().filter((each) => watchUntil > now || each.watchUntil > now);
        return { to: told.map(idOf), visit: visit() };
      }
      return unvisited.size > 0 && watchUntil > now ? { to: [...unvisited], visit: visit() } : null;
    },
    announced({ presence }) {
      unvisited.clear();
      const { announcedRevision } = store.memory();
      update({ announcedRevision: Math.max(announcedRevision, presence.revision) });
    },
    receive(from) {
      const known = store.partner(from.presence.userId) ?? stranger(from.presence.userId);
      const isNewer = from.presence.revision > known.presence.revision;
      const presence = isNewer ? from.presence : known.presence;
      store.savePartner({ ...known, presence, watchUntil: from.watchUntil });
      if (differs(presence, known.presence)) broadcast(presenceFrame(presence));
      return visit();
    },
    partners: () => nearest().map((each) => each.presence),
    dueAt: () => store.memory().graceUntil,
  };
}

function visitOf(userId: number, memory: HubMemory): Visit {
  const { isOnline, lastSeen, revision, watchUntil } = memory;
  return { presence: { userId, isOnline, lastSeen, revision }, watchUntil };
}

function arrive(memory: HubMemory, now: number): Partial<HubMemory> | null {
  if (memory.isOnline && memory.graceUntil === null) return null;
  const revision = memory.isOnline ? memory.revision : nextRevision(memory, now);
  const watchUntil = Number.MAX_SAFE_INTEGER;
  return { isOnline: true, lastSeen: null, revision, graceUntil: null, watchUntil };
}

/** Absence is news only after the grace: a page that reloads was never away. */
function depart(memory: HubMemory, now: number, graceMs: number): Partial<HubMemory> | null {
  if (!memory.isOnline) return null;
  if (memory.graceUntil === null && graceMs > 0) return { graceUntil: now + graceMs };
  if (memory.graceUntil !== null && now < memory.graceUntil) return null;
  const lastSeen = new Date(now).toISOString();
  const revision = nextRevision(memory, now);
  const gone = { isOnline: false, graceUntil: null, watchUntil: 0 };
  return { ...gone, lastSeen, revision, lastSeenSaved: false };
}

/** Grows even when the store was lost, so that nobody takes news for old. */
function nextRevision(memory: HubMemory, now: number): number {
  return Math.max(memory.revision + 1, now);
}

function idOf(partner: Partner): number {
  return partner.presence.userId;
}

function stranger(userId: number): Partner {
  const presence = { userId, isOnline: false, lastSeen: null, revision: 0 };
  return { presence, watchUntil: 0, activeAt: 0 };
}

function differs(a: Presence, b: Presence): boolean {
  return a.isOnline !== b.isOnline || a.lastSeen !== b.lastSeen;
}

function presenceFrame({ userId, isOnline, lastSeen }: Presence): LoggedFrame {
  return { kind: "signal", signal: { type: "presence", userId, isOnline, lastSeen } };
}
