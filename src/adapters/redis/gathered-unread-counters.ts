import { createGathering, type Gathered } from "../../core/gathering.ts";
import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UnreadCount } from "../../protocol/unread.ts";
import { createBreaker, type BreakerOptions } from "./breaker.ts";

/** Counters that can write those of several users at once. */
export interface JoiningUnreadCounters extends UnreadCounters {
  putAll(counts: [userId: number, counts: UnreadCount[]][]): Promise<void>;
}

interface Waiting extends Gathered {
  userId: number;
  counts: UnreadCount[];
  /** It was written, or why not. */
  answer(failure: Error | null): void;
}

/**
 * Guarded like the others; and counts that wait at the same moment are written together, while one such write is under
 * way. So what is judged is how long Redis takes, never how long something waited here. Make one per process.
 */
export function createGatheredUnreadCounters(
  inner: JoiningUnreadCounters,
  options: BreakerOptions,
): UnreadCounters {
  const guard = createBreaker(options);
  const gathering = createGathering<Waiting>({ most: 256, atOnce: 1 });

  async function write(leader: Waiting): Promise<Error | null> {
    const taken = gathering.take(leader, options.clock.now());
    const failure = await guard(() => inner.putAll(byUser(taken))).then(() => null, asError);
    for (const { answer } of taken) answer(failure);
    gathering.done(leader, options.clock.now());
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
      gathering.enter(waiting, options.clock.now());
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
  return [...users].map(([userId, each]) => [userId, each.flatMap(({ counts }) => counts)]);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new TypeError("What was thrown is no Error");
}
