import { keepNewest } from "../../core/unread.ts";
import type { UnreadCounters } from "../../ports/unread-counters.ts";
import type { UnreadCount } from "../../protocol/unread.ts";

interface UserCounts {
  counts: Map<number, UnreadCount>;
  isComplete: boolean;
}

/** It is a cache: whoever was not written about for longest is forgotten, as a whole. */
const maxUsers = 10_000;

export function createMemoryUnreadCounters(): UnreadCounters {
  const users = new Map<number, UserCounts>();

  function write(userId: number, counts: UnreadCount[]): UserCounts {
    const user = users.get(userId) ?? { counts: new Map(), isComplete: false };
    keepNewest(
      user.counts,
      counts.map((count) => ({ ...count })),
    );
    users.delete(userId);
    users.set(userId, user);
    for (const oldest of users.keys()) {
      if (users.size <= maxUsers) break;
      users.delete(oldest);
    }
    return user;
  }

  return {
    async put(userId: number, counts: UnreadCount[]): Promise<void> {
      write(userId, counts);
    },
    async read(userId: number): Promise<UnreadCount[] | null> {
      const user = users.get(userId);
      return user?.isComplete ? Array.from(user.counts.values(), (count) => ({ ...count })) : null;
    },
    async fill(userId: number, counts: UnreadCount[]): Promise<void> {
      write(userId, counts).isComplete = true;
    },
  };
}
