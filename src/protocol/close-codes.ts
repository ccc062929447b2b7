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

/** Names that a runtime has for a close without a code and for none at all. */
const noCode = new Set([1005, 1006]);
/** What no end may put on the wire, RFC 6455 section 7.4. */
const reserved = new Set([1004, 1015]);

/** The code that answers a client's close: its own, where one can be sent at all. */
export function answerToClose(code: number): number {
  if (noCode.has(code)) return 1000;
  return code >= 1000 && code < 5000 && !reserved.has(code) ? code : 1002;
}
