/** One conversation's unread count for one user, as Postgres had it at `version` (UNREAD-1). */
export interface UnreadCount {
  conversationId: number;
  count: number;
  /** Grows with each change of this count. */
  version: number;
  otherUserId: number;
  otherUserName: string;
}
