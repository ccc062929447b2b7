import type { DeliveredChange } from "../../ports/history-store.ts";
import type { Database, Statement } from "./database.ts";
import { iso } from "./json.ts";

/** Messages in the order of their ids, so that two of these never wait for each other. */
const mark = `
with
  given as materialized (
    select receiver_id, id
    from json_to_recordset($1::text::json) as each (receiver_id bigint, ids bigint[]),
      unnest(ids) as id
    -- Always true; but few rows are expected where it holds, and so each is looked up by its index.
    where ids[1:0] = '{}'
    order by id
  ),
  due as materialized (
    select found.*, receiver_id
    from given, lateral (
      select m.id
      from messages m
      join conversation_members me
        on me.conversation_id = m.conversation_id and me.user_id = receiver_id
      where m.id = given.id and m.sender_id <> receiver_id and m.delivered_at is null
      for no key update of m
    ) found
  ),
  marked as (
    update messages m set delivered_at = statement_timestamp()
    from due
    where m.id = due.id
    returning m.id, m.conversation_id, m.sender_id, m.delivered_at, due.receiver_id
  )
select json_build_object(
  'receiverId', receiver_id,
  'conversationId', conversation_id,
  'senderId', sender_id,
  'messageIds', json_agg(id order by id),
  'deliveredAt', ${iso("delivered_at")}
) as result
from marked
group by receiver_id, conversation_id, sender_id, delivered_at
order by conversation_id`;

/** What one person's clients have got. */
export interface Arrived {
  receiverId: number;
  messageIds: number[];
}

type Marked = DeliveredChange & Pick<Arrived, "receiverId">;

/** By receiver. `run`: one of the ways to have it carried out. */
export async function markTogether(
  run: (statement: Statement) => Promise<Marked[]>,
  arrived: Arrived[],
): Promise<Map<number, DeliveredChange[]>> {
  const given = arrived.map(({ receiverId, messageIds }) => ({
    receiver_id: receiverId,
    ids: messageIds,
  }));
  const marked = await run({ text: mark, params: [JSON.stringify(given)] });
  const changes = new Map<number, DeliveredChange[]>();
  for (const { receiverId, ...change } of marked)
    changes.set(receiverId, [...(changes.get(receiverId) ?? []), change]);
  return changes;
}

export async function markDelivered(
  db: Database,
  receiverId: number,
  messageIds: number[],
): Promise<DeliveredChange[]> {
  const changes = await markTogether(db.query, [{ receiverId, messageIds }]);
  return changes.get(receiverId) ?? [];
}
