import type { Clock } from "../../ports/clock.ts";
import type { DeliveredChange, HistoryStore } from "../../ports/history-store.ts";
import type { Database } from "./database.ts";
import { createGather } from "./gather.ts";
import { markDelivered, markTogether, type Arrived } from "./mark-delivered.ts";

/** Time for the group before, and for one's own. */
const patienceMs = 6_000;

/** What arrived at several people at the same moment is marked together. Make one per process. */
export function createGatheredMarks(
  db: Database,
  clock: Pick<Clock, "every">,
): HistoryStore["markDelivered"] {
  const gather = createGather<Arrived, DeliveredChange[]>({
    most: 64,
    atOnce: 1,
    patience: { ms: patienceMs, clock },
    keyOf: ({ receiverId }) => String(receiverId),
    async together(arrived) {
      const changes = await markTogether(db.attempt, arrived);
      return ({ receiverId }) => changes.get(receiverId) ?? [];
    },
  });
  return async (receiverId, messageIds) =>
    (await gather({ receiverId, messageIds })) ?? markDelivered(db, receiverId, messageIds);
}
