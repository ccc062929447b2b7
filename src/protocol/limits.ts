/** Every limit that a client can meet. Bytes unless the name says otherwise. */
export interface Limits {
  textCodePoints: number;
  textBytes: number;
  attachmentBytes: number;
  connectionsPerUser: number;
  pageDefault: number;
  pageMax: number;
  /** Sends allowed at once, and how many come back each second. */
  sendBurst: number;
  sendPerSecond: number;
  /** Typing signals that pass to one recipient, as the least time between two. */
  typingIntervalMs: number;
  /** Events and bytes on the way to one connection before it is closed as slow. */
  windowEvents: number;
  windowBytes: number;
  /** Events a hub keeps for those who come back. */
  logEvents: number;
  heartbeatMs: number;
  /** A connection that gave no sign of life for so long does not count as present. */
  staleMs: number;
  /** How long someone stays online after the last connection, so that a reload is no news. */
  graceMs: number;
  /** Partners that presence is exchanged with, the most recently active first. */
  presencePartners: number;
  markReadIds: number;
}

export const defaultLimits: Limits = {
  textCodePoints: 4_000,
  textBytes: 16 * 1024,
  attachmentBytes: 25 * 1024 * 1024,
  connectionsPerUser: 20,
  pageDefault: 50,
  pageMax: 100,
  sendBurst: 20,
  sendPerSecond: 5,
  typingIntervalMs: 1_000,
  windowEvents: 128,
  windowBytes: 256 * 1024,
  logEvents: 512,
  heartbeatMs: 30_000,
  staleMs: 75_000,
  graceMs: 5_000,
  presencePartners: 200,
  markReadIds: 10_000,
};
