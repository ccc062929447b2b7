import type { MessageHistory, MessagePage } from "../../ports/history-store.ts";
import type { Message } from "../../protocol/message.ts";
import type { Database } from "./database.ts";
import { iso, messageJoins, messageJson, personJson } from "./json.ts";
import { directKey } from "./params.ts";

const read = `
with
  conversation as (
    select id from conversations where direct_key = $2::text and head_seq > 0
  ),
  page as (
    select m.*
    from messages m
    where m.conversation_id = (select id from conversation)
      and ($3::bigint is null or m.id < $3::bigint)
      -- Says no more than the line above, but lets the index skip everything newer.
      and m.seq < coalesce((
        select before.seq from messages before
        where before.id = $3::bigint and before.conversation_id = (select id from conversation)
      ), ${Number.MAX_SAFE_INTEGER})
    order by m.seq desc
    limit $4::bigint + 1 offset $5::bigint
  ),
  shown as (
    select * from page order by seq desc limit $4::bigint
  ),
  -- Everybody locks messages in the order of their ids, so that nobody waits in a circle.
  due as (
    -- Waiting for a lock ends with the row as it is then: another reader may have marked it.
    select m.id, m.delivered_at
    from messages m
    where m.id in (
      select id from shown where sender_id = $1::bigint and delivered_at is null
    )
    order by m.id
    for no key update
  ),
  marked as (
    update messages m set delivered_at = statement_timestamp()
    from due
    where m.id = due.id and due.delivered_at is null
    returning m.id, m.delivered_at
  ),
  m as (
    select shown.id, uuid, conversation_id, seq, sender_id, client_id, body, attachment_id,
      created_at, read_at,
      coalesce(marked.delivered_at, due.delivered_at, shown.delivered_at) as delivered_at
    from shown
    left join due on due.id = shown.id
    left join marked on marked.id = shown.id
  )
select json_build_object(
  'conversationId', (select id from conversation),
  'otherUser', ${personJson("partner")},
  'messages', (
    select coalesce(json_agg(${messageJson} order by m.seq desc), '[]')
    from m ${messageJoins}
  ),
  'hasMore', (select count(*) from page) > $4::bigint,
  'delivered', (
    select json_build_object(
      'conversationId', (select id from conversation),
      'senderId', partner.id,
      'messageIds', json_agg(marked.id order by marked.id),
      'deliveredAt', ${iso("max(marked.delivered_at)")}
    )
    from marked
    having count(*) > 0
  )
) as result
from users partner
where partner.id = $1::bigint`;

export async function readHistory(
  db: Database,
  people: { userId: number; otherUserId: number },
  page: MessagePage,
): Promise<MessageHistory | null> {
  const { userId, otherUserId } = people;
  const key = directKey(userId, otherUserId);
  const [history] = await db.query<MessageHistory>({
    text: read,
    params: [otherUserId, key, page.beforeId, page.limit, page.offset],
  });
  return history ?? null;
}

const range = `
select ${messageJson} as result
from messages m ${messageJoins}
where m.conversation_id = $1::bigint
  and m.seq between $2::bigint and $3::bigint
  and m.created_at >= $4::timestamptz
order by m.seq
limit 500`;

export async function listRange(
  db: Database,
  conversationId: number,
  { fromSeq, toSeq, since }: { fromSeq: number; toSeq: number; since: string },
): Promise<Message[]> {
  return db.query({ text: range, params: [conversationId, fromSeq, toSeq, since] });
}
