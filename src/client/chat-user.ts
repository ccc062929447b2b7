/** Someone, with what is known of their presence. */
export interface ChatUser {
  id: number;
  username: string;
  full_name: string;
  avatar: string | null;
  is_online: boolean;
  /** ISO 8601; null while online, and when never seen. */
  last_seen: string | null;
}
