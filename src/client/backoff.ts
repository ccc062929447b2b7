export interface NextTry {
  /** What the server asked to be left alone for. */
  retryAfterMs?: number | null;
  /** The server said that it can come back at once. */
  isInvited?: boolean;
}

export interface Backoff {
  /** Milliseconds until the next try; the more of them in a row, the longer. */
  next(next?: NextTry): number;
  /** All is well again. */
  reset(): void;
}

const firstMs = 500;
const longestMs = 30_000;
const invitedMs = 250;

/** Full jitter: anything from nothing to a limit that doubles, so that the many who were cut off together do not return together. */
export function createBackoff(random: () => number): Backoff {
  let tries = 0;
  return {
    next({ retryAfterMs = null, isInvited = false } = {}) {
      const limit =
        isInvited && tries === 0 ? invitedMs : Math.min(longestMs, firstMs * 2 ** tries);
      tries += 1;
      return (retryAfterMs ?? 0) + Math.floor(random() * limit);
    },
    reset() {
      tries = 0;
    },
  };
}
