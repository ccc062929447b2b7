import type { Limits } from "../protocol/limits.ts";
import type { Presence } from "../protocol/presence.ts";
import type { LoggedFrame } from "../protocol/socket-frames.ts";
import type { Connection } from "./connection.ts";
import { createSilence } from "./hub-silence.ts";
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
  /** Everyone was visited but those; they are tried again. */
  announced(news: Announcement, missed: number[], now: number): void;
  /** A partner's hub said how its user is. Answers how ours is. */
  receive(from: Visit, now: number): Visit;
  /** The partners known so far. */
  partners(): Presence[];
  /** When to look again, or absence becomes news, ms; null for no such thing. */
  dueAt(now: number): number | null;
}

/** Partners are ordered by when they last wrote, and no finer than this: each step is a write. */
const closeMs = 60_000;
const restWatchMs = 5 * 60_000;
const firstRetryMs = 15_000;
const mostRetries = 6;

export function createPresenceBook(options: PresenceOptions): PresenceBook {
  const { userId, store, connections, limits, broadcast } = options;
  // Partners not yet told that this hub wants to hear of them; asked for again when lost.
  const unvisited = new Set<number>();
  const silence = createSilence(options);

  const update = (change: object | null): void =>
    void (change && store.saveMemory({ ...store.memory(), ...change }));
  const nearest = (): Partner[] => store.partners(limits.presencePartners);

  function touch(partnerId: number, activeAt: number): void {
    const known = store.partner(partnerId);
    // Nobody wrote yet where it is 0; a rank from the introduction is better.
    const isRecent = known !== null && known.activeAt > 0 && activeAt <= known.activeAt + closeMs;
    if (known && (isRecent || activeAt <= known.activeAt)) return;
    store.savePartner({ ...(known ?? stranger(partnerId)), activeAt });
    if (!known && unvisited.size < limits.presencePartners) unvisited.add(partnerId);
  }

  return {
    refresh(now) {
      const signs = connections().map((each) => each.lastSignOfLife());
      const isPresent = signs.some((sign) => now - sign < limits.staleMs);
      const memory = store.memory();
      // Whoever fell silent was seen last when the last sign came, however late that is found.
      const seenAt = signs.length > 0 ? Math.max(...signs) : now;
      update(isPresent ? arrive(memory, now) : depart(memory, { now, seenAt }, limits.graceMs));
    },
    touch,
    introduce(partnerIds) {
      // The most recent come first; any real time is later than these ranks.
      for (const [index, id] of partnerIds.entries()) touch(id, partnerIds.length - index);
      if (!store.memory().partnersKnown) update({ partnersKnown: true });
    },
    watch(now) {
      const isInformed = store.memory().watchUntil > now;
      const asked = nearest().filter((each) => !isInformed || isDoubtful(each, now, limits));
      for (const each of asked) unvisited.add(idOf(each));
      if (!isInformed) update({ watchUntil: now + restWatchMs });
    },
    announcement(now) {
      const to = audience(store, { unvisited, near: () => nearest().map(idOf) }, now);
      return to && { to, visit: visitOf(userId, store.memory()) };
    },
    announced({ to, visit: { presence } }, missed, now) {
      to.forEach((id) => unvisited.delete(id));
      update({ announcedRevision: presence.revision, ...retry(store.memory(), missed, now) });
    },
    receive(from, now) {
      const known = store.partner(from.presence.userId) ?? stranger(from.presence.userId);
      const isNewer = from.presence.revision > known.presence.revision;
      const presence = isNewer ? from.presence : known.presence;
      store.savePartner({ ...known, presence, watchUntil: watchAfter(known, from), heardAt: now });
      if (differs(presence, known.presence)) broadcast(presenceFrame(presence));
      return visitOf(userId, store.memory());
    },
    partners: () => nearest().map((each) => each.presence),
    dueAt: (now) => nextDue(store.memory(), silence.lookAt(now)),
  };
}

/** Whom there is news for; null when there is none. */
function audience(
  store: HubStore,
  { unvisited, near }: { unvisited: Set<number>; near: () => number[] },
  now: number,
): number[] | null {
  const { announcedRevision, revision, watchUntil, missed, retryAt } = store.memory();
  if (announcedRevision < revision) {
    // Whoever watches visits those nearest, to learn how they are; all who watch are told.
    const asked = watchUntil > now ? near() : [];
    return [...new Set([...asked, ...store.watchers(now), ...missed])];
  }
  if (retryAt !== null && now >= retryAt) return missed;
  return unvisited.size > 0 && watchUntil > now ? [...unvisited] : null;
}

function nextDue({ graceUntil, retryAt }: HubMemory, lookAt: number | null): number | null {
  const due = Math.min(graceUntil ?? Infinity, retryAt ?? Infinity, lookAt ?? Infinity);
  return due === Infinity ? null : due;
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
function depart(
  memory: HubMemory,
  { now, seenAt }: { now: number; seenAt: number },
  graceMs: number,
): Partial<HubMemory> | null {
  if (!memory.isOnline) return null;
  if (memory.graceUntil === null && graceMs > 0) return { graceUntil: now + graceMs };
  if (memory.graceUntil !== null && now < memory.graceUntil) return null;
  const lastSeen = new Date(seenAt).toISOString();
  const revision = nextRevision(memory, now);
  const gone = { isOnline: false, graceUntil: null, watchUntil: 0 };
  return { ...gone, lastSeen, revision, lastSeenSaved: false };
}

/** An older visit that arrives late must not undo what a newer one asked for. */
function watchAfter(known: Partner, from: Visit): number {
  const age = from.presence.revision - known.presence.revision;
  if (age > 0) return from.watchUntil;
  return age === 0 ? Math.max(from.watchUntil, known.watchUntil) : known.watchUntil;
}

/** Hubs that could not be visited are tried again, ever more rarely, and given up after a quarter of an hour. */
function retry(memory: HubMemory, missed: number[], now: number): Partial<HubMemory> {
  const retries = missed.length > 0 ? memory.retries + 1 : 0;
  if (retries === 0 || retries > mostRetries) return { missed: [], retryAt: null, retries: 0 };
  return { missed, retryAt: now + firstRetryMs * 2 ** (retries - 1), retries };
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
  return { presence, watchUntil: 0, activeAt: 0, heardAt: 0 };
}

/** Whoever was cut off all at once could not say goodbye: that someone is online is worth asking again after a while. */
function isDoubtful({ presence, heardAt }: Partner, now: number, { staleMs }: Limits): boolean {
  return presence.isOnline && now - heardAt >= staleMs;
}

function differs(a: Presence, b: Presence): boolean {
  return a.isOnline !== b.isOnline || a.lastSeen !== b.lastSeen;
}

function presenceFrame({ userId, isOnline, lastSeen }: Presence): LoggedFrame {
  return { kind: "signal", signal: { type: "presence", userId, isOnline, lastSeen } };
}
