import { ErrorReply, MultiErrorReply, createClient } from "redis";
import { OperatorError } from "../machine/operator-error.ts";
import { RedisReplyError, toReply } from "./redis-engine.ts";
import type { RedisEngine, RedisOutcome } from "./redis-engine.ts";

const connectTimeout = 2_000;
const answerTimeout = 3_000;
const longestPause = 1_000;

/** Connects to the Redis at `url`; throws an OperatorError when it cannot be reached now. */
export async function connectRedis(url: string): Promise<RedisEngine> {
  const client = await open(url).catch((error: unknown) => {
    throw new OperatorError(unreachable(url, error));
  });
  return {
    pipeline: (commands) =>
      withTimeout(Promise.all(commands.map((command) => outcome(client.sendCommand(command))))),
    transaction: (commands) => withTimeout(transaction(client, commands)),
    async close() {
      client.destroy();
    },
  };
}

type Client = ReturnType<typeof createClient<{}, {}, {}, 2>>;

async function open(url: string): Promise<Client> {
  let connected = false;
  const client = createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    socket: {
      connectTimeout,
      reconnectStrategy: (retries, cause) =>
        connected ? Math.min(50 * (retries + 1), longestPause) : cause,
    },
  });
  // Unheard, the event ends the process; each command reports the outage by itself.
  client.on("error", () => undefined);
  await client.connect();
  connected = true;
  return client;
}

/** Names the place and the reason, never the user or the password. */
function unreachable(url: string, error: unknown): string {
  const { hostname, port } = new URL(url);
  const message = error instanceof Error ? error.message : String(error);
  const reason = /\bE[A-Z]{5,}\b/.exec(message)?.[0] ?? message;
  return `Cannot reach Redis at ${hostname}:${port || "6379"} (${reason}); check REDIS_URL`;
}

interface MultiClient {
  multi(): { addCommand(command: string[]): unknown; exec(): Promise<unknown[]> };
}

async function outcome(reply: Promise<unknown>): Promise<RedisOutcome> {
  try {
    return { result: toReply(await reply) };
  } catch (error) {
    if (error instanceof ErrorReply) return { error: error.message };
    throw error;
  }
}

async function transaction(client: MultiClient, commands: string[][]): Promise<RedisOutcome[]> {
  const multi = client.multi();
  for (const command of commands) multi.addCommand(command);
  try {
    const replies = await multi.exec();
    return replies.map((reply) => ({ result: toReply(reply) }));
  } catch (error) {
    if (error instanceof MultiErrorReply) return error.replies.map(settled);
    if (error instanceof ErrorReply) throw new RedisReplyError(error.message);
    throw error;
  }
}

function settled(reply: unknown): RedisOutcome {
  return reply instanceof Error ? { error: reply.message } : { result: toReply(reply) };
}

/** A Redis that accepts and never answers must not hold a request. */
async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("Redis does not answer")), answerTimeout);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
