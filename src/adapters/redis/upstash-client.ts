import { Redis } from "@upstash/redis/cloudflare";
import type { RedisClient } from "./client.ts";

export interface UpstashOptions {
  url: string;
  token: string;
  timeoutMs: number;
}

function connect({ url, token, timeoutMs }: UpstashOptions): Redis {
  try {
    return new Redis({
      url,
      token,
      automaticDeserialization: false,
      responseEncoding: false,
      // One command a request leaves nothing to join, and joined commands would mix the requests of a Worker.
      enableAutoPipelining: false,
      enableTelemetry: false,
      // `retry: false` still sends twice.
      retry: { retries: 0 },
      // Given a signal instead of a function, the client answers a time-out as if it were the result.
      signal: () => AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new Error("The address of the Redis REST endpoint is not valid");
  }
}

/** What an operator can act upon; each pattern ends before the command can begin. */
const reasons: [RegExp, string][] = [
  [/^(WRONGPASS|Unauthorized|NOPERM)\b/, "Redis refused the token"],
  [/^ERR max (requests|daily request) limit exceeded/, "The Redis quota is used up"],
];

/** The client's own errors hold the whole command, so not even their cause may go on. */
function scrub(error: unknown): never {
  const { name, message } = error instanceof Error ? error : new Error();
  if (name === "TimeoutError") throw new Error("Redis did not answer in time");
  const reason = reasons.find(([pattern]) => pattern.test(message));
  throw new Error(reason?.[1] ?? "Redis refused or is away");
}

/** Redis over Upstash's REST protocol. */
export function createUpstashClient(options: UpstashOptions): RedisClient {
  const redis = connect(options);
  return {
    send: (command: string, args: string[]): Promise<unknown> =>
      redis.exec<unknown>([command, ...args]).catch(scrub),
  };
}
