import {
  ClientSession,
  RedisServerState,
  createRedisCommandExecutor,
  isResponseStream,
} from "js-redis-server/core";
import type { RedisValue } from "js-redis-server/core";
import { RedisReplyError } from "./redis-engine.ts";
import type { RedisEngine, RedisOutcome, RedisReply } from "./redis-engine.ts";

/** A Redis inside this process: no socket, nothing on disk, empty at each start. */
export function createEmbeddedRedis(): RedisEngine {
  const server = new RedisServerState({ databaseCount: 1 });
  const executor = createRedisCommandExecutor();
  const shared = new ClientSession({ server, executor });
  // The first script takes long enough for a caller to give up.
  void execute(shared, ["EVAL", "return 1", "0"]);

  return {
    async pipeline(commands) {
      const outcomes: RedisOutcome[] = [];
      for (const command of commands) outcomes.push(toOutcome(await execute(shared, command)));
      return outcomes;
    },
    async transaction(commands) {
      // Its own session: other requests must not slip between MULTI and EXEC.
      const session = new ClientSession({ server, executor });
      try {
        await execute(session, ["MULTI"]);
        for (const command of commands) await execute(session, command);
        return replies(await execute(session, ["EXEC"])).map(toOutcome);
      } finally {
        session.close();
      }
    },
    async close() {
      server.close();
    },
  };
}

async function execute(session: ClientSession, command: string[]): Promise<RedisValue> {
  const [name = "", ...args] = command.map((part) => Buffer.from(part));
  const result = await session.execute(Buffer.from(name), args);
  if (isResponseStream(result)) throw new RedisReplyError("ERR streaming commands are not served");
  return result.value;
}

function replies(exec: RedisValue): RedisValue[] {
  if (exec.kind === "array") return exec.items;
  const outcome = toOutcome(exec);
  throw new RedisReplyError("error" in outcome ? outcome.error : "EXECABORT");
}

function toOutcome(value: RedisValue): RedisOutcome {
  if (value.kind === "error") return { error: errorText(value) };
  return { result: decode(value) };
}

function errorText(value: { message: string; code?: string }): string {
  return value.code === undefined ? value.message : `${value.code} ${value.message}`;
}

/** RESP2, as Upstash answers: maps are flat arrays, doubles are text. */
function decode(value: RedisValue): RedisReply {
  switch (value.kind) {
    case "simple-string":
      return value.value;
    case "bulk-string":
    case "verbatim":
      return value.value === null ? null : value.value.toString();
    case "integer":
      return Number(value.value);
    case "double":
    case "big-number":
      return String(value.value);
    case "boolean":
      return value.value ? 1 : 0;
    case "array":
    case "set":
      return value.items.map(decode);
    case "push":
      return [value.name, ...value.items.map(decode)];
    case "map":
    case "flat-pairs":
      return value.entries.flatMap(([key, entry]) => [decode(key), decode(entry)]);
    case "map-pairs":
      return value.entries.map(([key, entry]) => [decode(key), decode(entry)]);
    case "null":
    case "null-array":
      return null;
    case "error":
      return errorText(value);
  }
}
