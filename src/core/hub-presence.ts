import type { HubFrame } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Presence } from "../protocol/presence.ts";
import type { Connection } from "./connection.ts";
import type { HubMemory, HubStore, Partner } from "./hub-store.ts";

/** One hub introducing its user to a partner's hub; `watchUntil` says until when it wants to hear of changes, ms. */
export interface Visit {
  presence: Presence;
  watchUntil: number;
}

export interface PresenceOptions {
  userId: number;
  store: HubStore;
  connections: () => Connection[];
  limits: Limits;
  broadcast: (frame: HubFrame) => void;
}

/** Whether the hub's user is there, and who else is (PRES-1 to PRES-4). */
export interface PresenceBook {
  /** Looks at the connections again; true when the user's presence changed. */
  refresh(now: number): boolean;
  own(): Presence;
  /** Notes that the two have written to each other. */
  touch(partnerId: number, activeAt: number): void;
  /** Says who all the partners are. */
  introduce(partnerIds: number[]): void;
  /** Asks to be kept informed for a while although nobody is connected. */
  watch(now: number): void;
  /** Whom to visit now, and with what; null when nobody waits for news. */
  announcement(now: number): { to: number[]; visit: Visit } | null;
  announced(visit: Visit): void;
  /** A partner's hub said how its user is. Answers how ours is. */
  receive(from: Visit): Visit;
  list(): Presence[] | null;
}

const forever = Number.MAX_SAFE_INTEGER;
const restWatchMs = 5 * 60_000;

export function createPresenceBook(options: PresenceOptions): PresenceBook {
  const { userId, store, connections, limits, broadcast } = options;
  // Partners not yet told that this hub wants to hear of them; asked for again when lost.
  const unvisited = new Set<number>();

  const update = (change: Partial<HubMemory>): void =>
    store.saveMemory({ ...store.memory(), ...change });

  function own(): Presence {
    const { isOnline, lastSeen, revision } = store.memory();
    return { userId, isOnline, lastSeen, revision };
  }

  function refresh(now: number): boolean {
    const memory = store.memory();
    const isPresent = connections().some((each) => now - each.lastSignOfLife() < limits.staleMs);
    if (isPresent) {
      if (memory.isOnline && memory.graceUntil === null) return false;
      const revision = memory.isOnline ? memory.revision : nextRevision(memory, now);
      const change = { isOnline: true, lastSeen: null, revision, graceUntil: null };
      update({ ...change, watchUntil: forever });
      return !memory.isOnline;
    }
    if (!memory.isOnline) return false;
    if (memory.graceUntil === null && limits.graceMs > 0) {
      update({ graceUntil: now + limits.graceMs });
      return false;
    }
    if (memory.graceUntil !== null && now < memory.graceUntil) return false;
    update({
      isOnline: false,
      lastSeen: new Date(now).toISOString(),
      revision: nextRevision(memory, now),
      graceUntil: null,
      watchUntil: 0,
      lastSeenSaved: false,
    });
    return true;
  }

  function touch(partnerId: number, activeAt: number): void {
    const known = store.partner(partnerId);
    if (known && known.activeAt >= activeAt) return;
    store.savePartner({ ...(known ?? stranger(partnerId)), activeAt });
    if (!known) unvisited.add(partnerId);
  }

  function announcement(now: number): { to: number[]; visit: Visit } | null {
    const memory = store.memory();
    const isNews = memory.announcedRevision < memory.revision;
    const wantsNews = unvisited.size > 0 && memory.watchUntil > now;
    if (!isNews && !wantsNews) return null;
    const visit = { presence: own(), watchUntil: memory.watchUntil };
    if (!isNews) return { to: [...unvisited], visit };
    const partners = store.partners(limits.presencePartners);
    const told = partners.filter((each) => memory.watchUntil > now || each.watchUntil > now);
    return { to: told.map((each) => each.presence.userId), visit };
  }

  function receive(from: Visit): Visit {
    const known = store.partner(from.presence.userId) ?? stranger(from.presence.userId);
    const isNewer = from.presence.revision > known.presence.revision;
    const presence = isNewer ? from.presence : known.presence;
    if (isNewer || known.watchUntil !== from.watchUntil) {
      store.savePartner({ ...known, presence, watchUntil: from.watchUntil });
    }
    if (isNewer && differs(presence, known.presence)) {
      const { userId: id, isOnline, lastSeen } = presence;
      broadcast({ kind: "signal", signal: { type: "presence", userId: id, isOnline, lastSeen } });
    }
    return { presence: own(), watchUntil: store.memory().watchUntil };
  }

  return {
    refresh,
    own,
    touch,
    introduce(partnerIds) {
      for (const id of partnerIds) touch(id, 0);
      if (!store.memory().partnersKnown) update({ partnersKnown: true });
    },
    watch(now) {
      if (store.memory().watchUntil > now) return;
      for (const each of store.partners(limits.presencePartners)) unvisited.add(each.presence.userId);
      update({ watchUntil: now + restWatchMs });
    },
    announcement,
    announced(visit) {
      unvisited.clear();
      const { announcedRevision } = store.memory();
      update({ announcedRevision: Math.max(announcedRevision, visit.presence.revision) });
    },
    receive,
    list: () =>
      store.memory().partnersKnown
        ? store.partners(limits.presencePartners).map((each) => each.presence)
        : null,
  };
}

/** Grows even when the store was lost, so that nobody takes news for old. */
function nextRevision(memory: HubMemory, now: number): number {
  return Math.max(memory.revision + 1, now);
}

function stranger(userId: number): Partner {
  const presence = { userId, isOnline: false, lastSeen: null, revision: 0 };
  return { presence, watchUntil: 0, activeAt: 0 };
}

function differs(a: Presence, b: Presence): boolean {
  return a.isOnline !== b.isOnline || a.lastSeen !== b.lastSeen;
}
