import { createGathering, type Gathered } from "../../core/gathering.ts";
import type { Clock } from "../../ports/clock.ts";
import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UnreadCount } from "../../protocol/unread.ts";
import { createBreaker, type BreakerOptions } from "./breaker.ts";

/** Counters that can write those of several users at once. */
export interface JoiningUnreadCounters extends UnreadCounters {
  putAll(counts: [userId: number, counts: UnreadCount[]][]): Promise<void>;
}

export interface GatheredOptions extends BreakerOptions {
  clock: Pick<Clock, "now" | "every" | "sleep">;
  /** How long the first count waits for others. Nobody waits for a count, and until it is written none is believed. */
  gatherMs?: number;
}

interface Waiting extends Gathered {
  userId: number;
  counts: UnreadCount[];
  /** It was written, or why not. */
  answer(failure: Error | null): void;
}

/**
 * Guarded like the others; and the counts of some moments are written together, of each only the newest. So what is
 * judged is how long Redis takes, never how long something waited here. Make one per process.
 */
export function createGatheredUnreadCounters(
  inner: JoiningUnreadCounters,
  options: GatheredOptions,
): UnreadCounters {
  const { clock, gatherMs = 50 } = options;
  const guard = createBreaker(options);
  const gathering = createGathering<Waiting>({ most: 256, atOnce: 1 });

  async function write(leader: Waiting): Promise<Error | null> {
    await clock.sleep(gatherMs);
    const taken = gathering.take(leader, clock.now());
    const failure = await guard(() => inner.putAll(byUser(taken))).then(() => null, asError);
    for (const { answer } of taken) answer(failure);
    gathering.done(leader, clock.now());
    return failure;
  }

  return {
    async put(userId, counts) {
      type Next = () => Promise<Error | null>;
      // A promise of its own: on some platforms what follows belongs to whoever made it.
      const { promise, resolve } = Promise.withResolvers<Next>();
      const waiting: Waiting = {
        key: null,
        userId,
        counts,
        lead: () => resolve(() => write(waiting)),
        answer: (failure) => resolve(async () => failure),
      };
      gathering.enter(waiting, clock.now());
      const next = await promise;
      const failure = await next();
      if (failure) throw failure;
    },
    read: (userId) => guard(() => inner.read(userId)),
    fill: (userId, counts) => guard(() => inner.fill(userId, counts)),
  };
}

function byUser(all: Waiting[]): [number, UnreadCount[]][] {
  const users = Map.groupBy(all, ({ userId }) => userId);
  return [...users].map(([userId, each]) => [userId, newest(each.flatMap(({ counts }) => counts))]);
}

function newest(counts: UnreadCount[]): UnreadCount[] {
  const found = new Map<number, UnreadCount>();
  for (const count of counts) {
    const known = found.get(count.conversationId);
    if (!known || known.version < count.version) found.set(count.conversationId, count);
  }
  return [...found.values()];
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new TypeError("What was thrown is no Error");
}
