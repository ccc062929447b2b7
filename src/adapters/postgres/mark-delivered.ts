import type { DeliveredChange } from "../../ports/history-store.ts";
import type { Database } from "./database.ts";
import { iso } from "./json.ts";
import { idArray } from "./params.ts";

const mark = `
with
  due as (
    select m.id
    from messages m
    join conversation_members me
      on me.conversation_id = m.conversation_id and me.user_id = $1::bigint
    where m.id = any ($2::bigint[])
      and m.sender_id <> $1::bigint
      and m.delivered_at is null
    order by m.id
    for no key update of m
  ),
  marked as (
    update messages m set delivered_at = statement_timestamp()
    from due
    where m.id = due.id
    returning m.id, m.conversation_id, m.sender_id, m.delivered_at
  )
select json_build_object(
  'conversationId', conversation_id,
  'senderId', sender_id,
  'messageIds', json_agg(id order by id),
  'deliveredAt', ${iso("delivered_at")}
) as result
from marked
group by conversation_id, sender_id, delivered_at
order by conversation_id`;

export async function markDelivered(
  db: Database,
  userId: number,
  messageIds: number[],
): Promise<DeliveredChange[]> {
  return db.query({ text: mark, params: [userId, idArray(messageIds)] });
}
