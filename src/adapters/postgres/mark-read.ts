import type { ReadChange, ReadTarget } from "../../ports/history-store.ts";
import { isVisible } from "./conversations.ts";
import type { Database, Param } from "./database.ts";
import { iso } from "./json.ts";
import { directKey, idArray } from "./params.ts";

/** Which of the user's conversations (memberships me) are meant by $2. */
const meant = {
  messages: `me.conversation_id in (
      select conversation_id from messages where id = any ($2::bigint[])
    )`,
  conversation: "me.conversation_id = $2::bigint",
  sender: "me.conversation_id = (select id from conversations where direct_key = $2::text)",
} as const satisfies Record<ReadTarget["by"], string>;

/** Sends take the same lock: what is counted below stays true until the commit. */
function lockText(by: ReadTarget["by"]): string {
  return `
select to_json(c.id) as result
from conversations c
where c.id in (
  select me.conversation_id from conversation_members me
  where me.user_id = $1::bigint and ${meant[by]}
)
order by c.id
for no key update`;
}

/** Marks the messages unread, counts them and tells what this call changed. */
const change = `
  marked as (
    update messages m
    set read_at = statement_timestamp(),
      delivered_at = coalesce(m.delivered_at, statement_timestamp())
    from unread
    where m.id = unread.id
    returning m.id, m.conversation_id, m.sender_id, m.read_at
  ),
  fresh as (
    select conversation_id, read_at, count(*) as count from marked group by conversation_id, read_at
  ),
  counted as (
    update conversation_members me
    set unread_count = me.unread_count - fresh.count,
      unread_version = me.unread_version + 1,
      read_seq = case
        when me.unread_count = fresh.count then mine.head_seq else me.read_seq
      end,
      mark_id = $3::uuid,
      marked_at = fresh.read_at,
      marked_above = me.read_seq
    from fresh
    join mine on mine.conversation_id = fresh.conversation_id
    where me.conversation_id = fresh.conversation_id and me.user_id = $1::bigint
    returning me.conversation_id, me.unread_count, me.unread_version
  ),
  told as (
    select * from marked
    union all
    -- The id is drawn for this call, so these are its own first try's, whose answer was lost.
    select m.id, m.conversation_id, m.sender_id, m.read_at
    from messages m
    join mine on mine.conversation_id = m.conversation_id and m.seq > mine.marked_above
    where mine.mark_id = $3::uuid
      and m.sender_id <> $1::bigint
      and m.read_at = mine.marked_at
  ),
  changed as (
    select conversation_id, sender_id, read_at, json_agg(id order by id) as message_ids
    from told
    group by conversation_id, sender_id, read_at
  )
select json_build_object(
  'known', exists (select from mine),
  'changes', (
    select coalesce(json_agg(json_build_object(
      'conversationId', changed.conversation_id,
      'senderId', changed.sender_id,
      'senderName', coalesce(nullif(sender.full_name, ''), sender.username),
      'messageIds', changed.message_ids,
      'readAt', ${iso("changed.read_at")},
      'unread', json_build_object(
        'count', coalesce(counted.unread_count, mine.unread_count),
        'version', coalesce(counted.unread_version, mine.unread_version)
      )
    ) order by changed.conversation_id, changed.read_at), '[]')
    from changed
    join mine on mine.conversation_id = changed.conversation_id
    left join counted on counted.conversation_id = changed.conversation_id
    join users sender on sender.id = changed.sender_id
  )
) as result`;

function markText(by: ReadTarget["by"]): string {
  return `
with
  mine as (
    select me.*, c.head_seq
    from conversation_members me
    join conversations c on c.id = me.conversation_id and ${isVisible}
    where me.user_id = $1::bigint and ${meant[by]}
  ),
  unread as (
    select m.id
    from messages m
    join mine on mine.conversation_id = m.conversation_id and m.seq > mine.read_seq
    where m.sender_id <> $1::bigint
      and m.read_at is null
      ${by === "messages" ? "and m.id = any ($2::bigint[])" : ""}
    order by m.id
    for no key update of m
  ),
${change}`;
}

const texts = {
  messages: { lock: lockText("messages"), mark: markText("messages") },
  conversation: { lock: lockText("conversation"), mark: markText("conversation") },
  sender: { lock: lockText("sender"), mark: markText("sender") },
} as const;

interface MarkResult {
  known: boolean;
  changes: ReadChange[];
}

export async function markRead(
  db: Database,
  userId: number,
  target: ReadTarget,
): Promise<ReadChange[] | null> {
  const { lock, mark } = texts[target.by];
  const params: Param[] = [userId, targetParam(userId, target)];
  const [marked] = await db.transaction<MarkResult>([
    { text: lock, params },
    { text: mark, params: [...params, crypto.randomUUID()] },
  ]);
  if (!marked) return null;
  return marked.known || target.by === "messages" ? marked.changes : null;
}

function targetParam(userId: number, target: ReadTarget): Param {
  switch (target.by) {
    case "messages":
      return idArray(target.messageIds);
    case "conversation":
      return target.conversationId;
    case "sender":
      return directKey(userId, target.senderId);
  }
}
