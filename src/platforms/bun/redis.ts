import { RedisClient as BunRedis } from "bun";
import type { RedisClient } from "../../adapters/redis/client.ts";
import { OperatorError } from "../machine/operator-error.ts";

export interface OpenRedis {
  redis: RedisClient;
  close(): Promise<void>;
}

const connectMs = 2_000;
const answerMs = 3_000;
/** The first pause before a lost Redis is sought again; each next one is twice as long, up to the longest. */
const [shortestPauseMs, longestPauseMs] = [50, 1_000];

/** The Redis at an address; whether it answers now is part of the start. */
export async function openRedis(url: string): Promise<OpenRedis> {
  const closing = new AbortController();
  let client = await connect(url).catch((error: unknown) => {
    throw new OperatorError(unreachable(url, error));
  });
  onLoss(client, () => void seek(shortestPauseMs));

  /** A client that has lost its connection stays lost; a new one takes its place. */
  async function seek(pause: number): Promise<void> {
    await Bun.sleep(pause);
    if (closing.signal.aborted) return;
    const found = await connect(url).catch(() => null);
    if (!found) return seek(Math.min(2 * pause, longestPauseMs));
    client = found;
    onLoss(client, () => void seek(shortestPauseMs));
  }

  return {
    redis: { send: (command, args) => withTimeout(client.send(command, args).catch(scrub)) },
    async close() {
      closing.abort();
      client.close();
    },
  };
}

function onLoss(client: BunRedis, work: () => void): void {
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it has no other way
  client.onclose = work;
}

async function connect(url: string): Promise<BunRedis> {
  const options = { connectionTimeout: connectMs, enableOfflineQueue: false, autoReconnect: false };
  const client = new BunRedis(url, options);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The client's own errors may hold the command or the address. */
function scrub(error: unknown): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  throw new Error(`Redis refused or is away${code && ` (${code})`}`);
}

/** A Redis that accepts and never answers must not hold a request. */
async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("Redis does not answer")), answerMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Names the place and the reason, never the user or the password. */
function unreachable(url: string, error: unknown): string {
  const { hostname, port } = new URL(url);
  const message = error instanceof Error ? error.message : String(error);
  return `Cannot reach Redis at ${hostname}:${port || "6379"} (${message}); check REDIS_URL`;
}
