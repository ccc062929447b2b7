/** Why a hub ends a connection. 45xx would mean: do not come back. */
export const closeCodes = {
  goingAway: 1001,
  tooBig: 1009,
  /** Too many frames that say nothing. */
  badFrames: 4400,
  tokenExpired: 4401,
  /** It never said from where it goes on. */
  idle: 4408,
  /** The reader is too slow; it resumes from its last event id (FLOW-1). */
  slow: 4008,
  /** A newer connection of the same user took its place (FLOW-2). */
  replaced: 4009,
} as const;
