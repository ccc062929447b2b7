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

interface Waiting {
  message: NamedMessage;
  key: string;
  answer: (outcome: SendOutcome | Promise<SendOutcome>) => void;
}

/**
 * Sends that wait at the same moment are committed together, each with an answer of its own; what could not be taken
 * along is sent alone. Make one per process.
 */
export function createGatheredSends(
  db: Database,
  { most = 64, atOnce = 2 }: GatherOptions = {},
): HistoryStore["sendMessage"] {
  let waiting: Waiting[] = [];
  let underWay = 0;
  const busy = new Set<string>();

  /** One of each conversation, because each is numbered under its lock; the others keep their order. */
  function take(): Waiting[] {
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    for (const each of waiting) {
      const fits = taken.length < most && !busy.has(each.key);
      if (fits) busy.add(each.key);
      (fits ? taken : left).push(each);
    }
    waiting = left;
    return taken;
  }

  function start(): void {
    if (underWay >= atOnce || waiting.length === 0) return;
    const taken = take();
    if (taken.length === 0) return;
    underWay += 1;
    void commit(taken).finally(start);
  }

  async function commit(taken: Waiting[]): Promise<void> {
    const messages = taken.map(({ message }) => message);
    // Whatever was wrong with one of them is found when each is alone.
    const none = new Map<string, SendOutcome>();
    const outcomes = await storeTogether(db.attempt, messages).catch(() => none);
    underWay -= 1;
    for (const { key, message, answer } of taken) {
      busy.delete(key);
      answer(outcomes.get(message.uuid) ?? sendMessage(db, message));
    }
  }

  return (message) => {
    const named = { ...message, uuid: crypto.randomUUID() };
    if (message.attachment) return sendMessage(db, named);
    const { promise, resolve } = Promise.withResolvers<SendOutcome>();
    const key = directKey(message.senderId, message.receiverId);
    waiting.push({ message: named, key, answer: resolve });
    // After everything else of this moment.
    queueMicrotask(start);
    return promise;
  };
}
