import type { Cache, CacheChange } from "./cache.ts";

/** Writes what happens in as few transactions as keep up with it. */
export interface CacheWriter {
  /** Together with its `cursor`, where it is an event with one. */
  add(change: CacheChange): void;
  /** Forgets conversations and messages, before anything added later is written. */
  forget(): void;
  /** Resolves when everything so far is kept. */
  settled(): Promise<void>;
}

/** `onKept` is called with a cursor once everything up to it is kept. */
export function createCacheWriter(cache: Cache, onKept: (cursor: string) => void): CacheWriter {
  let waiting: CacheChange[] = [];
  let writing: Promise<void> | null = null;
  let isBroken = false;
  let mustForget = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0 || mustForget) {
      const forgets = mustForget;
      mustForget = false;
      const change = joinChanges(waiting);
      waiting = [];
      // oxlint-disable-next-line no-await-in-loop -- what comes meanwhile goes into the next one
      await write(change, forgets);
      if (change.cursor !== undefined) onKept(change.cursor);
    }
    writing = null;
  }

  async function write(change: CacheChange, forgets: boolean): Promise<void> {
    try {
      if (forgets) await cache.forget();
      if (!isBroken) await cache.write(change);
    } catch {
      // A hole would stay for ever, so a reload has to read everything afresh.
      isBroken = true;
      await cache.forget().catch(() => {});
    }
  }

  const wake = (): void => {
    writing ??= Promise.resolve().then(writeAll);
  };

  return {
    add(change) {
      waiting.push(change);
      wake();
    },
    forget() {
      waiting = [];
      mustForget = true;
      wake();
    },
    settled: async () => (await writing) ?? undefined,
  };
}

function joinChanges(changes: readonly CacheChange[]): CacheChange {
  const viewer = changes.findLast((change) => change.viewer)?.viewer;
  const cursor = changes.findLast((change) => change.cursor)?.cursor;
  return {
    ...(viewer && { viewer }),
    ...(cursor !== undefined && { cursor }),
    conversations: changes.flatMap(({ conversations = [] }) => conversations),
    people: changes.flatMap(({ people = [] }) => people),
    messages: changes.flatMap(({ messages = [] }) => messages),
    receipts: changes.flatMap(({ receipts = [] }) => receipts),
  };
}
