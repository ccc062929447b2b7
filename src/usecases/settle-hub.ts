import type { Hub } from "../core/hub.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/diagnostics.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import type { UserHubs } from "../ports/user-hub.ts";
import type { UserStore } from "../ports/user-store.ts";
import { describeFailure } from "./describe-failure.ts";

export interface SettlePorts {
  userId: number;
  hub: Hub;
  hubs: Pick<UserHubs, "visit" | "deliver">;
  history: Pick<HistoryStore, "markDelivered">;
  users: Pick<UserStore, "saveLastSeen">;
  clock: Clock;
  log: Logger;
}

/** Carries out what a hub has decided but cannot do alone. Repeating it does no harm. */
export async function settleHub(ports: SettlePorts, announce: () => Promise<void>): Promise<void> {
  ports.hub.expire(ports.clock.now());
  ports.hub.presence.refresh(ports.clock.now());
  await Promise.all([announce(), reportDelivered(ports), saveLastSeen(ports)]);
}

/** Tells partners' hubs and learns from each how its user is (PRES-2); a hub that is away is tried again. */
export async function announcePresence({ hub, hubs, clock, log }: SettlePorts): Promise<void> {
  const news = hub.presence.announcement(clock.now());
  if (!news) return;
  const missed: number[] = [];
  const visit = async (partnerId: number): Promise<void> => {
    try {
      hub.presence.receive(await hubs.visit(partnerId, news.visit), clock.now());
    } catch {
      missed.push(partnerId);
    }
  };
  await Promise.all(news.to.map(visit));
  hub.presence.announced(news, missed, clock.now());
  if (missed.length > 0) log.error("presence.missed", { partners: missed.length });
}

async function reportDelivered(ports: SettlePorts): Promise<void> {
  const { userId, hub, history, clock, log } = ports;
  const dueAt = hub.report.dueAt();
  if (dueAt === null || dueAt > clock.now()) return;
  const { messageIds, numbers } = hub.report.collect();
  try {
    const changes = messageIds.length > 0 ? await history.markDelivered(userId, messageIds) : [];
    const receipts = changes.map(({ senderId, ...change }) => ({
      senderId,
      event: { type: "delivered", receiverId: userId, ...change } as const,
    }));
    hub.report.done(numbers, receipts);
  } catch (error) {
    hub.report.failed(clock.now());
    log.error("delivered.failed", describeFailure(error));
  }
  await tellSenders(ports);
}

async function tellSenders({ hub, hubs, clock, log }: SettlePorts): Promise<void> {
  const receipts = hub.report.untold();
  if (receipts.length === 0) return;
  const told: typeof receipts = [];
  const tell = async (receipt: (typeof receipts)[number]): Promise<void> => {
    try {
      await hubs.deliver(receipt.senderId, [receipt.event]);
      told.push(receipt);
    } catch (error) {
      log.error("receipt.delayed", describeFailure(error));
    }
  };
  await Promise.all(receipts.map(tell));
  hub.report.told(told, clock.now());
}

async function saveLastSeen({ userId, hub, users, log }: SettlePorts): Promise<void> {
  const { lastSeen, lastSeenSaved } = hub.store.memory();
  if (lastSeenSaved || lastSeen === null) return;
  try {
    await users.saveLastSeen(userId, lastSeen);
    const memory = hub.store.memory();
    if (memory.lastSeen === lastSeen) hub.store.saveMemory({ ...memory, lastSeenSaved: true });
  } catch (error) {
    log.error("last-seen.failed", describeFailure(error));
  }
}
