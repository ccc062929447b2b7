import type { UserHubs } from "../../src/ports/user-hub.ts";
import type { DurableEvent } from "../../src/protocol/event.ts";
import type { Presence } from "../../src/protocol/presence.ts";

export interface QuietHubs extends UserHubs {
  /** What was delivered to whom, in order. */
  delivered: { userId: number; event: DurableEvent }[];
  /** Who typed to whom. */
  typed: { senderId: number; receiverId: number; isTyping: boolean }[];
  online: Set<number>;
  /** The ids of all users whose hub was asked for anything. */
  touched: Set<number>;
}

/** Hubs without connections, for tests of what goes to them. */
export function createQuietHubs(): QuietHubs {
  const partners = new Map<number, Set<number>>();
  const introduced = new Set<number>();
  const learn = (userId: number, partnerIds: number[]): void => {
    partners.set(userId, new Set([...(partners.get(userId) ?? []), ...partnerIds]));
  };
  const presenceOf = (userId: number): Presence => ({
    userId,
    isOnline: hubs.online.has(userId),
    lastSeen: null,
    revision: 1,
  });

  const hubs: QuietHubs = {
    delivered: [],
    typed: [],
    online: new Set(),
    touched: new Set(),
    connect: async () => ({
      onFrame: () => undefined,
      onClose: () => undefined,
      acknowledge: () => undefined,
      ping: () => undefined,
      close: () => undefined,
    }),
    async deliver(userId, events) {
      hubs.touched.add(userId);
      hubs.delivered.push(...events.map((event) => ({ userId, event })));
    },
    signal: async () => undefined,
    async type(sender, receiverId, isTyping) {
      hubs.touched.add(sender.id);
      if (!partners.get(sender.id)?.has(receiverId)) return false;
      hubs.typed.push({ senderId: sender.id, receiverId, isTyping });
      return true;
    },
    async sync(userId, heads) {
      const partnerIds = heads.map(({ partnerId }) => partnerId);
      learn(userId, partnerIds);
      return partnerIds.map(presenceOf);
    },
    async listPresence(userId) {
      return introduced.has(userId) ? [...(partners.get(userId) ?? [])].map(presenceOf) : null;
    },
    async introduce(userId, partnerIds) {
      learn(userId, partnerIds);
      introduced.add(userId);
    },
    visit: async (_userId, visit) => visit,
    unreadVersions: async () => [],
    learnUnread: async () => undefined,
    redeemTicket: async () => true,
  };
  return hubs;
}
