import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UnreadCount } from "../../protocol/unread.ts";
import type { RedisClient } from "./client.ts";

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
for i = 3, #ARGV, 3 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  local version = known and tonumber(string.match(known, '^%[(%d+)') or '-1') or -1
  if tonumber(ARGV[i + 1]) > version then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], 'complete', 'true')
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1`;

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
): UnreadCounters {
  async function write(userId: number, counts: UnreadCount[], isComplete: boolean): Promise<void> {
    const entries = counts.flatMap((count) => [
      String(count.conversationId),
      String(count.version),
      encode(count),
    ]);
    const args = [String(expirySeconds), isComplete ? "1" : "0", ...entries];
    await client.send("EVAL", [writeScript, "1", `${prefix}${userId}`, ...args]);
  }

  return {
    async put(userId: number, counts: UnreadCount[]): Promise<void> {
      if (counts.length > 0) await write(userId, counts, false);
    },

    async read(userId: number): Promise<UnreadCount[] | null> {
      // Unlike HGETALL, HVALS has the same shape in every version of the protocol.
      const values = await client.send("HVALS", [`${prefix}${userId}`]);
      try {
        return decode(values);
      } catch {
        return null;
      }
    },

    fill: (userId: number, counts: UnreadCount[]): Promise<void> => write(userId, counts, true),
  };
}
