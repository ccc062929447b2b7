/** The Redis behind the Upstash endpoint; replies have the shapes of RESP2. */
export interface RedisEngine {
  /** One settled reply a command, in order. */
  pipeline(commands: string[][]): Promise<RedisOutcome[]>;
  /** MULTI … EXEC; throws a RedisReplyError when Redis refuses the whole. */
  transaction(commands: string[][]): Promise<RedisOutcome[]>;
  close(): Promise<void>;
}

export type RedisReply = string | number | null | RedisReply[];

export type RedisOutcome = { result: RedisReply } | { error: string };

/** Redis answered, and the answer is an error: the caller's fault, not an outage. */
export class RedisReplyError extends Error {}

export function toReply(value: unknown): RedisReply {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(toReply);
  if (Buffer.isBuffer(value)) return value.toString();
  if (value instanceof Error) return value.message;
  return JSON.stringify(value);
}
