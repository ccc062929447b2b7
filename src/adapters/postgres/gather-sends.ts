import type { GatheringRule } from "../../core/gathering.ts";
import type { HistoryStore, SendOutcome } from "../../ports/history-store.ts";
import type { Database } from "./database.ts";
import { createGather } from "./gather.ts";
import { directKey } from "./params.ts";
import { sendMessage } from "./send-message.ts";
import { storeTogether, type NamedMessage } from "./store-together.ts";

/**
 * Sends that wait at the same moment are committed together, each with an answer of its own; what could not be taken
 * along is sent alone. One of each conversation at a time, because each is numbered under its lock. Make one per process.
 */
export function createGatheredSends(
  db: Database,
  { most = 64, atOnce = 2 }: Partial<GatheringRule> = {},
): HistoryStore["sendMessage"] {
  const gather = createGather<NamedMessage, SendOutcome>({
    most,
    atOnce,
    keyOf: ({ senderId, receiverId }) => directKey(senderId, receiverId),
    async together(messages) {
      const outcomes = await storeTogether(db.attempt, messages);
      return ({ uuid }) => outcomes.get(uuid);
    },
  });
  return async (message) => {
    const named = { ...message, uuid: crypto.randomUUID() };
    const outcome = message.attachment ? undefined : await gather(named);
    return outcome ?? sendMessage(db, named);
  };
}
