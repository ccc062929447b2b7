import {
  newHubMemory,
  type ConversationState,
  type HubMemory,
  type HubStore,
  type LogEntry,
  type Partner,
} from "../../core/hub-store.ts";
import { createEpoch } from "../../protocol/cursor.ts";

/** What a hub knew before, where something keeps it. */
export interface HubContents {
  head: number;
  /** Ascending, without holes, up to the head. */
  entries: KeyedEntry[];
  conversations: [id: number, state: ConversationState][];
  partners: Partner[];
  /** When each expires, seconds since 1970. */
  tickets: [id: string, expiresAt: number][];
  memory: HubMemory;
}

export interface KeyedEntry extends LogEntry {
  /** What the event is about. */
  key: string;
}

const nothing: HubContents = {
  head: 0,
  entries: [],
  conversations: [],
  partners: [],
  tickets: [],
  memory: newHubMemory,
};

/** A hub's store that lasts as long as the process. */
export function createMemoryHubStore(
  epoch: string,
  bornAt: number,
  known: HubContents = nothing,
): HubStore {
  const keys = new Map(known.entries.map(({ key, number }) => [key, number]));
  const conversations = new Map(known.conversations);
  const partners = new Map(known.partners.map((each) => [each.presence.userId, each]));
  const tickets = new Map(known.tickets);
  let entries = [...known.entries];
  let { head, memory } = known;

  return {
    epoch: () => epoch,
    bornAt: () => bornAt,
    renew(now) {
      [epoch, bornAt, head, entries] = [createEpoch(), now, 0, []];
      for (const map of [keys, conversations]) map.clear();
    },
    head: () => head,
    oldest: () => entries[0]?.number ?? head + 1,
    append(key, event, keep) {
      if (keys.has(key)) return null;
      head += 1;
      const entry = { number: head, body: JSON.stringify(event), key };
      keys.set(key, head);
      entries.push(entry);
      for (const old of entries.slice(0, -keep)) keys.delete(old.key);
      entries = entries.slice(-keep);
      return entry;
    },
    entriesAfter: (number, limit) =>
      entries.filter((entry) => entry.number > number).slice(0, limit),
    conversation: (id) => conversations.get(id) ?? null,
    saveConversation: (id, state) => void conversations.set(id, state),
    hasConversations: () => conversations.size > 0,
    unreadVersions: () =>
      [...conversations]
        .filter(([, state]) => state.unreadVersion > 0)
        .map(([id, state]) => [id, state.unreadVersion]),
    partner: (userId) => partners.get(userId) ?? null,
    savePartner: (partner) => void partners.set(partner.presence.userId, partner),
    partners: (limit) =>
      [...partners.values()].toSorted((a, b) => b.activeAt - a.activeAt).slice(0, limit),
    watchers: (now) =>
      [...partners.values()]
        .filter((each) => each.watchUntil > now)
        .map((each) => each.presence.userId),
    memory: () => memory,
    saveMemory: (value) => {
      memory = value;
    },
    redeemTicket(id, expiresAt, now) {
      for (const [old, expiry] of tickets) if ((expiry + 60) * 1_000 < now) tickets.delete(old);
      if (tickets.has(id)) return false;
      tickets.set(id, expiresAt);
      return true;
    },
  };
}
