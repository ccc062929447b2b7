import {
  newHubMemory,
  type ConversationState,
  type HubMemory,
  type HubStore,
  type LogEntry,
  type Partner,
} from "../../core/hub-store.ts";

/** A hub's store that lasts as long as the process. */
export function createMemoryHubStore(epoch: string, bornAt: number): HubStore {
  const keys = new Map<string, number>();
  const conversations = new Map<number, ConversationState>();
  const partners = new Map<number, Partner>();
  const tickets = new Map<string, number>();
  let entries: (LogEntry & { key: string })[] = [];
  let head = 0;
  let memory: HubMemory = newHubMemory;

  return {
    epoch,
    bornAt,
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
