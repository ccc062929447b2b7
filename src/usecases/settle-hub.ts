import type { Hub } from "../core/hub.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/diagnostics.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import type { UserHubs } from "../ports/user-hub.ts";
import type { UserStore } from "../ports/user-store.ts";

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
export async function settleHub(ports: SettlePorts): Promise<void> {
  ports.hub.expire(ports.clock.now());
  ports.hub.presence.refresh(ports.clock.now());
  await Promise.all([announcePresence(ports), reportDelivered(ports), saveLastSeen(ports)]);
}

/** Tells partners' hubs and learns from each how its user is (PRES-2). A hub that is away learns later. */
export async function announcePresence({ hub, hubs, clock, log }: SettlePorts): Promise<void> {
  const news = hub.presence.announcement(clock.now());
  if (!news) return;
  hub.presence.announced(news.visit);
  const visits = news.to.map(async (partnerId) => {
    hub.presence.receive(await hubs.visit(partnerId, news.visit));
  });
  const results = await Promise.allSettled(visits);
  const missed = results.filter((result) => result.status === "rejected").length;
  if (missed > 0) log.error("presence.missed", { partners: missed });
}

async function reportDelivered({
  userId,
  hub,
  hubs,
  history,
  clock,
  log,
}: SettlePorts): Promise<void> {
  const dueAt = hub.report.dueAt();
  if (dueAt === null || dueAt > clock.now()) return;
  const { messageIds, upTo } = hub.report.collect();
  try {
    const changes = messageIds.length > 0 ? await history.markDelivered(userId, messageIds) : [];
    hub.report.done(upTo);
    for (const { senderId, ...change } of changes) {
      await hubs.deliver(senderId, [{ type: "delivered", receiverId: userId, ...change }]);
    }
  } catch (error) {
    hub.report.failed(clock.now());
    log.error("delivered.failed", { reason: String(error) });
  }
}

async function saveLastSeen({ userId, hub, users, log }: SettlePorts): Promise<void> {
  const { lastSeen, lastSeenSaved } = hub.store.memory();
  if (lastSeenSaved || lastSeen === null) return;
  try {
    await users.saveLastSeen(userId, lastSeen);
    const memory = hub.store.memory();
    if (memory.lastSeen === lastSeen) hub.store.saveMemory({ ...memory, lastSeenSaved: true });
  } catch (error) {
    log.error("last-seen.failed", { reason: String(error) });
  }
}
