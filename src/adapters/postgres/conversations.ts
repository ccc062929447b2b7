import type { ConversationPage, ConversationSummary } from "../../ports/history-store.ts";
import type { UnreadCount } from "../../protocol/unread.ts";
import type { Database } from "./database.ts";
import { iso, personJson } from "./json.ts";

/** The user's conversations c, the own membership me and the partner in them; a conversation begins with its first message. */
const own = `
from conversation_members me
join conversations c on c.id = me.conversation_id and c.head_seq > 0
join conversation_members other
  on other.conversation_id = c.id and other.user_id <> me.user_id
join users partner on partner.id = other.user_id
where me.user_id = $1::bigint`;

const list = `
select json_build_object(
  'id', c.id,
  'otherUser', ${personJson("partner")},
  'lastSeenAt', ${iso("partner.last_seen_at")},
  'headSeq', c.head_seq,
  'lastMessage', c.last_message,
  'lastMessageAt', ${iso("c.last_message_at")},
  'lastMessageByMe', c.last_message_by = me.user_id,
  'unread', json_build_object('count', me.unread_count, 'version', me.unread_version),
  'updatedAt', ${iso("c.updated_at")}
) as result
${own}
  and ($2::timestamptz is null or (c.updated_at, c.id) < ($2::timestamptz, $3::bigint))
order by c.updated_at desc, c.id desc
limit $4::bigint`;

export async function listConversations(
  db: Database,
  userId: number,
  { before, limit }: ConversationPage,
): Promise<ConversationSummary[]> {
  const params = [userId, before?.updatedAt ?? null, before?.id ?? null, limit];
  return db.query({ text: list, params });
}

const unread = `
select json_build_object(
  'conversationId', c.id,
  'count', me.unread_count,
  'version', me.unread_version,
  'otherUserId', partner.id,
  'otherUserName', coalesce(nullif(partner.full_name, ''), partner.username)
) as result
${own}
  and me.unread_version > 0
order by c.id`;

export async function listUnread(db: Database, userId: number): Promise<UnreadCount[]> {
  return db.query({ text: unread, params: [userId] });
}

const partners = `
select to_json(partner.id) as result
${own}
order by c.updated_at desc, c.id desc`;

/** The most recently active first. */
export async function listPartnerIds(db: Database, userId: number): Promise<number[]> {
  return db.query({ text: partners, params: [userId] });
}
