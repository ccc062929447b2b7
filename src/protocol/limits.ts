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
  /** Sends that may always wait for their answer in one process, and how long more than these may have to (SEND-7). */
  sendsWaiting: number;
  sendWaitMs: number;
  /** Typing signals that pass to one recipient, as the least time between two. */
  typingIntervalMs: number;
  /** Events and bytes on the way to one connection before it is closed as slow. */
  windowEvents: number;
  windowBytes: number;
  /** Events a hub keeps for those who come back. */
  logEvents: number;
  heartbeatMs: number;
  /** How long a socket may stay without saying from where it goes on. */
  firstFrameMs: number;
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
  sendsWaiting: 64,
  sendWaitMs: 100,
  typingIntervalMs: 1_000,
  windowEvents: 128,
  windowBytes: 256 * 1024,
  logEvents: 512,
  heartbeatMs: 30_000,
  firstFrameMs: 60_000,
  staleMs: 75_000,
  graceMs: 5_000,
  presencePartners: 200,
  markReadIds: 10_000,
};

/** The limits with single ones replaced by JSON; anything but known names with numbers is a mistake worth stopping for. */
export function parseLimits(text: string | undefined): Limits {
  if (!text) return defaultLimits;
  const given = parseObject(text);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      const known = Object.keys(defaultLimits).join(", ");
      throw new Error(`LIMITS: there is no limit "${name}"; there are ${known}`);
    }
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
      throw new Error(`LIMITS: ${name} must be a number from 0 up, not ${JSON.stringify(value)}`);
    }
  }
  return { ...defaultLimits, ...given };
}

function parseObject(text: string): object {
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null && !Array.isArray(given)) return given;
  } catch {
    // What is not JSON is no object either.
  }
  throw new Error('LIMITS must be a JSON object like {"textCodePoints":2000}');
}
