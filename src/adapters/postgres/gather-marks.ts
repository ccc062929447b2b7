import type { DeliveredChange, HistoryStore } from "../../ports/history-store.ts";
import type { Database } from "./database.ts";
import { createGather } from "./gather.ts";
import { markDelivered, markTogether, type Arrived } from "./mark-delivered.ts";

/** What arrived at several people at the same moment is marked together. Make one per process. */
export function createGatheredMarks(db: Database): HistoryStore["markDelivered"] {
  const gather = createGather<Arrived, DeliveredChange[]>({
    most: 64,
    atOnce: 1,
    keyOf: ({ receiverId }) => String(receiverId),
    async together(arrived) {
      const changes = await markTogether(db.query, arrived);
      return ({ receiverId }) => changes.get(receiverId) ?? [];
    },
  });
  return async (receiverId, messageIds) =>
    (await gather({ receiverId, messageIds })) ?? markDelivered(db, receiverId, messageIds);
}
