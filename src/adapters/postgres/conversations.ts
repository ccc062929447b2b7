import type { ConversationPage, ConversationSummary } from "../../ports/history-store.ts";
import type { UnreadCount } from "../../protocol/unread.ts";
import type { Database } from "./database.ts";
import { iso, personJson } from "./json.ts";
import { lockConversation } from "./lock-conversation.ts";
import { directKey } from "./params.ts";

/** Whether the member me sees the conversation c. Nobody else is told that somebody opened it. */
export const isVisible = "(c.head_seq > 0 or me.opened_at is not null)";

/** When something last happened in c: nothing but its opening, while it is empty. */
const updatedAt = "case when c.head_seq > 0 then c.updated_at else me.opened_at end";

/** The conversation c and the partner in it, for each own membership me. */
const joins = `
join conversations c on c.id = me.conversation_id
join conversation_members other
  on other.conversation_id = c.id and other.user_id <> me.user_id
join users partner on partner.id = other.user_id`;

const own = `
from conversation_members me ${joins}
where me.user_id = $1::bigint`;

const summaryJson = `json_build_object(
  'id', c.id,
  'otherUser', ${personJson("partner")},
  'lastSeenAt', ${iso("partner.last_seen_at")},
  'headSeq', c.head_seq,
  'lastMessage', c.last_message,
  'lastMessageAt', ${iso("c.last_message_at")},
  'lastMessageByMe', c.last_message_by is not distinct from me.user_id,
  'unread', json_build_object('count', me.unread_count, 'version', me.unread_version),
  'updatedAt', ${iso(updatedAt)}
)`;

const list = `
select ${summaryJson} as result
${own}
  and ${isVisible}
  and ($2::timestamptz is null or (${updatedAt}, c.id) < ($2::timestamptz, $3::bigint))
order by ${updatedAt} desc, c.id desc
limit $4::bigint`;

export async function listConversations(
  db: Database,
  userId: number,
  { before, limit }: ConversationPage,
): Promise<ConversationSummary[]> {
  const params = [userId, before?.updatedAt ?? null, before?.id ?? null, limit];
  return db.query({ text: list, params });
}

const find = `
select ${summaryJson} as result
${own}
  and c.id = $2::bigint
  and ${isVisible}`;

export async function findConversation(
  db: Database,
  userId: number,
  conversationId: number,
): Promise<ConversationSummary | null> {
  const [found] = await db.query<ConversationSummary>({
    text: find,
    params: [userId, conversationId],
  });
  return found ?? null;
}

const open = `
with
  known as (
    select me.*
    from conversation_members me
    join conversations c on c.id = me.conversation_id
    where c.direct_key = $2::text and me.user_id = $1::bigint
  ),
  opened as (
    update conversation_members me set opened_at = statement_timestamp()
    from conversations c
    where c.direct_key = $2::text
      and me.conversation_id = c.id
      and me.user_id = $1::bigint
      and not ${isVisible}
    returning me.*
  ),
  me as (
    select * from opened
    union all
    select * from known where not exists (select from opened)
  )
select json_build_object(
  'conversation', ${summaryJson},
  'isNew', exists (select from opened)
) as result
from me ${joins}`;

interface Opened {
  conversation: ConversationSummary;
  isNew: boolean;
}

/** With oneself there is none, as the lock finds no two people. */
export async function openConversation(
  db: Database,
  userId: number,
  otherUserId: number,
): Promise<Opened | null> {
  const key = directKey(userId, otherUserId);
  const [opened] = await db.transaction<Opened>([
    { text: lockConversation, params: [userId, otherUserId, key] },
    { text: open, params: [userId, key] },
  ]);
  return opened ?? null;
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
  and c.head_seq > 0
order by c.updated_at desc, c.id desc`;

/** The most recently active first. Having opened an empty conversation makes nobody a partner: only writing does. */
export async function listPartnerIds(db: Database, userId: number): Promise<number[]> {
  return db.query({ text: partners, params: [userId] });
}
