import type { Limits } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";
import type { HubStore } from "./hub-store.ts";

export interface SilenceOptions {
  store: HubStore;
  connections: () => Connection[];
  limits: Limits;
}

/** Says when to look for connections that ended without a word. */
export interface Silence {
  /** When absence may next be found, ms; null while nothing can be found or nobody would be told of it. */
  lookAt(now: number): number | null;
}

/** A look follows the last ping by so long, and the opening of a connection that has not pinged. */
const lookAfterMs = 5 * 60_000;

/**
 * A hub that sleeps sees neither pings nor their end. So it looks once, whether a connection has begun to ping, and goes
 * on only where all of them do: one that never pings counts while it is open, and leaves nothing to find (WS-6).
 */
export function createSilence({ store, connections, limits }: SilenceOptions): Silence {
  const afterMs = Math.max(lookAfterMs, limits.staleMs);
  // That nobody watches must be read anew each time; that somebody did costs no more than one look.
  let isWatched = false;

  return {
    lookAt(now) {
      const { isOnline, graceUntil } = store.memory();
      if (!isOnline || graceUntil !== null) return null;
      let last = -Infinity;
      for (const each of connections()) {
        const sign = each.lastSignOfLife();
        const isNew = now < each.openedAt + afterMs;
        last = Math.max(last, sign === Infinity && isNew ? each.openedAt : sign);
      }
      if (last === Infinity) return null;
      isWatched ||= store.watchers(now).length > 0;
      return isWatched ? Math.max(now, last + afterMs) : null;
    },
  };
}
