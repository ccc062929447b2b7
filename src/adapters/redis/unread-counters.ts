import type { UnreadCount } from "../../protocol/unread.ts";
import type { RedisClient } from "./client.ts";
import type { JoiningUnreadCounters } from "./gathered-unread-counters.ts";

export interface RedisUnreadCountersOptions {
  /** Goes before the user id. */
  prefix?: string;
}

const expirySeconds = 30 * 24 * 60 * 60;

/**
 * One hash per user: a field per conversation, and `complete` once a fill was written. A stored value begins with its
 * version, which is all that the script reads of it. The hash expires and is evicted as a whole, never in part.
 */
const writeScript = `
for i = 3, #ARGV, 4 do
  local key = KEYS[tonumber(ARGV[i])]
  local known = redis.call('HGET', key, ARGV[i + 1])
  local version = known and tonumber(string.match(known, '^%[(%d+)') or '-1') or -1
  if tonumber(ARGV[i + 2]) > version then
    redis.call('HSET', key, ARGV[i + 1], ARGV[i + 3])
  end
end
for _, key in ipairs(KEYS) do
  if ARGV[2] == '1' then
    redis.call('HSET', key, 'complete', 'true')
  end
  redis.call('EXPIRE', key, ARGV[1])
end
return 1`;

type UserCounts = [userId: number, counts: UnreadCount[]];
type StoredCount = [version: number, id: number, count: number, otherId: number, name: string];

function isStoredCount(value: unknown): value is StoredCount {
  return (
    Array.isArray(value) &&
    value.length === 5 &&
    value.slice(0, 4).every((part) => Number.isSafeInteger(part)) &&
    typeof value[4] === "string"
  );
}

function encode(count: UnreadCount): string {
  const { version, conversationId, otherUserId, otherUserName } = count;
  const stored: StoredCount = [version, conversationId, count.count, otherUserId, otherUserName];
  return JSON.stringify(stored);
}

/** The complete set, or null for anything else that a key can hold. */
function decode(values: unknown): UnreadCount[] | null {
  if (!Array.isArray(values)) return null;
  const stored = values.map((value): unknown => JSON.parse(String(value)));
  const counts = stored.filter(isStoredCount);
  if (!stored.includes(true) || counts.length !== stored.length - 1) return null;
  return counts.map(([version, conversationId, count, otherUserId, otherUserName]) => ({
    conversationId,
    count,
    version,
    otherUserId,
    otherUserName,
  }));
}

export function createRedisUnreadCounters(
  client: RedisClient,
  { prefix = "parley:unread:" }: RedisUnreadCountersOptions = {},
): JoiningUnreadCounters {
  async function write(users: UserCounts[], isComplete: boolean): Promise<void> {
    const keys = users.map(([userId]) => `${prefix}${userId}`);
    const entries = users.flatMap(([, counts], index) =>
      counts.flatMap((count) => [
        String(index + 1),
        String(count.conversationId),
        String(count.version),
        encode(count),
      ]),
    );
    const args = [String(expirySeconds), isComplete ? "1" : "0", ...entries];
    await client.send("EVAL", [writeScript, String(keys.length), ...keys, ...args]);
  }

  return {
    async put(userId: number, counts: UnreadCount[]): Promise<void> {
      if (counts.length > 0) await write([[userId, counts]], false);
    },

    putAll: (users: UserCounts[]): Promise<void> => write(users, false),

    async read(userId: number): Promise<UnreadCount[] | null> {
      // Unlike HGETALL, HVALS has the same shape in every version of the protocol.
      const values = await client.send("HVALS", [`${prefix}${userId}`]);
      try {
        return decode(values);
      } catch {
        return null;
      }
    },

    fill: (userId: number, counts: UnreadCount[]): Promise<void> => write([[userId, counts]], true),
  };
}
