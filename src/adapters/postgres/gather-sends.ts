import { createGathering, type Gathered } from "../../core/gathering.ts";
import type { HistoryStore, SendOutcome } from "../../ports/history-store.ts";
import type { Database } from "./database.ts";
import { directKey } from "./params.ts";
import { sendMessage } from "./send-message.ts";
import { storeTogether, type NamedMessage } from "./store-together.ts";

export interface GatherOptions {
  /** In one commit. */
  most?: number;
  /** Commits under way at the same time. */
  atOnce?: number;
}

interface Waiting extends Gathered {
  message: NamedMessage;
  /** What became of it; nothing where it has to be sent alone. */
  answer(outcome: SendOutcome | undefined): void;
}

/**
 * Sends that wait at the same moment are committed together, each with an answer of its own; what could not be taken
 * along is sent alone. One of each conversation at a time, because each is numbered under its lock. Make one per process.
 */
export function createGatheredSends(
  db: Database,
  { most = 64, atOnce = 2 }: GatherOptions = {},
): HistoryStore["sendMessage"] {
  const gathering = createGathering<Waiting>({ most, atOnce });

  async function commit(leader: Waiting): Promise<SendOutcome | undefined> {
    const taken = gathering.take(leader, Date.now());
    const messages = taken.map(({ message }) => message);
    // Whatever was wrong with one of them is found when each is alone.
    const none = new Map<string, SendOutcome>();
    const outcomes = await storeTogether(db.attempt, messages).catch(() => none);
    for (const { message, answer } of taken) answer(outcomes.get(message.uuid));
    gathering.done(leader, Date.now());
    return outcomes.get(leader.message.uuid);
  }

  return async (message) => {
    const named = { ...message, uuid: crypto.randomUUID() };
    if (message.attachment) return sendMessage(db, named);
    type Next = () => Promise<SendOutcome | undefined>;
    // A promise of its own: on some platforms what follows belongs to whoever made it.
    const { promise, resolve } = Promise.withResolvers<Next>();
    const waiting: Waiting = {
      key: directKey(message.senderId, message.receiverId),
      message: named,
      lead: () => resolve(() => commit(waiting)),
      answer: (outcome) => resolve(async () => outcome),
    };
    gathering.enter(waiting, Date.now());
    const next = await promise;
    return (await next()) ?? sendMessage(db, named);
  };
}
