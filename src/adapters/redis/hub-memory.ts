import type { RedisClient } from "./client.ts";

/** What is kept of one hub: named fields, and the log, the oldest first. */
export interface StoredHub {
  fields: Map<string, string>;
  log: string[];
  /** Names the Redis process that answered: one that began anew may have forgotten what came last. */
  run: string;
}

export interface HubChanges {
  fields: [name: string, value: string][];
  entries: string[];
  /** Of the log, at least so many entries stay; 0 for all. */
  keep: number;
  /** Nothing of what was there stays. */
  isAnew: boolean;
}

export interface RedisHubMemoryOptions {
  /** Names this process among those that share the users; new for each start. */
  processId: string;
  /** Goes before every key. */
  prefix?: string;
}

/** Where processes that share users keep their hubs, each hub with one of them at a time (HUB-7). */
export interface RedisHubMemory {
  /** Says that this process is there for so long. False when it was taken for dead: then its hubs are not its own. */
  beat(aliveMs: number): Promise<boolean>;
  /** Says that it is not there any more. */
  leave(): Promise<void>;
  isAlive(processId: string): Promise<boolean>;
  /** The process that has the hub: the one that had it while that one is alive, else this one. */
  claim(userId: number): Promise<string>;
  load(userId: number): Promise<StoredHub>;
  /** All or nothing; throws unless the hub is this process's and everything before is there. `head`: the number before. */
  save(userId: number, head: number, changes: HubChanges): Promise<void>;
  release(userId: number): Promise<void>;
  /** Users whose hubs a dead process had. */
  orphans(): Promise<number[]>;
}

const expirySeconds = 30 * 24 * 60 * 60;

const beatScript = `
local known = redis.call('EXISTS', KEYS[1])
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
return known`;

const claimScript = `
local owner = redis.call('GET', KEYS[1])
if owner and redis.call('EXISTS', ARGV[2] .. owner) == 1 then return owner end
if redis.call('EXISTS', ARGV[2] .. ARGV[1]) == 0 then return '' end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('SADD', KEYS[2], ARGV[4])
return ARGV[1]`;

const loadScript = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
return {redis.call('HGETALL', KEYS[1]), redis.call('LRANGE', KEYS[2], 0, -1), run}`;

const saveScript = `
local isMine = redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('EXISTS', KEYS[2]) == 1
local head = redis.call('HGET', KEYS[3], 'head') or '0'
if not isMine or head ~= ARGV[2] then return 0 end
if ARGV[6] == '1' then redis.call('DEL', KEYS[3], KEYS[4]) end
local fields = 6 + tonumber(ARGV[5])
for i = 7, fields, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
for i = fields + 1, #ARGV do redis.call('RPUSH', KEYS[4], ARGV[i]) end
redis.call('LTRIM', KEYS[4], ARGV[3], -1)
for i = 1, 4 do if i ~= 2 then redis.call('EXPIRE', KEYS[i], ARGV[4]) end end
return 1`;

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('SREM', KEYS[2], ARGV[2])
return 1`;

export function createRedisHubMemory(
  client: RedisClient,
  { processId, prefix = "parley:" }: RedisHubMemoryOptions,
): RedisHubMemory {
  const key = (kind: string, id: string | number): string => `${prefix}${kind}:${id}`;
  const owned = (id: string): string => key("owned", id);
  const processes = `${prefix}processes`;

  const run = (script: string, keys: string[], args: (string | number)[]): Promise<unknown> =>
    client.send("EVAL", [script, String(keys.length), ...keys, ...args.map(String)]);
  const isAlive = async (id: string): Promise<boolean> =>
    Number(await client.send("EXISTS", [key("process", id)])) === 1;

  async function forget(id: string): Promise<void> {
    await client.send("DEL", [key("process", id), owned(id)]);
    await client.send("SREM", [processes, id]);
  }

  return {
    isAlive,
    async beat(aliveMs) {
      const keys = [key("process", processId), processes];
      return Number(await run(beatScript, keys, [processId, aliveMs])) === 1;
    },
    leave: () => forget(processId),
    async claim(userId) {
      const args = [processId, key("process", ""), expirySeconds, userId];
      const owner = await run(claimScript, [key("owner", userId), owned(processId)], args);
      if (typeof owner === "string" && owner !== "") return owner;
      throw new Error("this process is not registered");
    },
    async load(userId) {
      const loaded = await run(loadScript, [key("hub", userId), key("log", userId)], []);
      return toStoredHub(loaded);
    },
    async save(userId, head, { fields, entries, keep, isAnew }) {
      const keys = [key("owner", userId), key("process", processId)];
      const places = [key("hub", userId), key("log", userId)];
      const limits = [-keep, expirySeconds, 2 * fields.length, isAnew ? 1 : 0];
      const args = [processId, head, ...limits, ...fields.flat(), ...entries];
      const isSaved = Number(await run(saveScript, [...keys, ...places], args)) === 1;
      if (!isSaved) throw new Error("the hub is not this process's any more");
    },
    async release(userId) {
      await run(releaseScript, [key("owner", userId), owned(processId)], [processId, userId]);
    },
    async orphans() {
      const userIds: number[] = [];
      for (const id of toStrings(await run(membersScript, [processes], []))) {
        if (await isAlive(id)) continue;
        userIds.push(...toStrings(await run(membersScript, [owned(id)], [])).map(Number));
        await forget(id);
      }
      return userIds;
    },
  };
}

/** Through a script the reply has the same shape in every version of the protocol. */
const membersScript = "return redis.call('SMEMBERS', KEYS[1])";

function toStoredHub(reply: unknown): StoredHub {
  const [flat, log, run] = Array.isArray(reply) ? (reply as unknown[]) : [];
  const parts = toStrings(flat);
  const names = parts.filter((_, index) => index % 2 === 0);
  return {
    fields: new Map(names.map((name, index) => [name, parts[2 * index + 1] ?? ""])),
    log: toStrings(log),
    run: String(run),
  };
}

function toStrings(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
