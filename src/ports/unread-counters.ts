import type { UnreadCount } from "../protocol/unread.ts";

/** A cache of what the history knows (UNREAD-1). Methods throw when the cache is away; callers go on without it. */
export interface UnreadCounters {
  /** MUST write a count only over an older version of it, and MUST NOT make an incomplete set look complete. */
  put(userId: number, counts: UnreadCount[]): Promise<void>;
  /** The complete set, or null when any of it may be missing. */
  read(userId: number): Promise<UnreadCount[] | null>;
  /** Like put, and from then on the set is complete. */
  fill(userId: number, counts: UnreadCount[]): Promise<void>;
}
