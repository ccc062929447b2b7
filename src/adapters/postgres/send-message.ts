import type { NewMessage, SendOutcome } from "../../ports/history-store.ts";
import type { UnreadAfter } from "../../protocol/event.ts";
import type { Message } from "../../protocol/message.ts";
import type { Database, Param } from "./database.ts";
import { messageJson } from "./json.ts";
import { lockConversation } from "./lock-conversation.ts";
import { directKey } from "./params.ts";

const send = `
with
  conversation as (
    select c.id, c.head_seq, c.last_message_at, member.unread_count, member.unread_version
    from conversations c
    join conversation_members member
      on member.conversation_id = c.id and member.user_id = $2::bigint
    where c.direct_key = $3::text
  ),
  earlier as (
    select m.*, case
      -- The uuid is drawn for this call, so its own first try stored this one.
      when m.uuid = $4::uuid then 'stored'
      when m.conversation_id = (select id from conversation)
        and m.body = $6::text
        and (file.digest, file.name) is not distinct from ($12::text, $9::text) then 'replayed'
      else 'conflict'
    end as status
    from messages m
    left join attachments file on file.id = m.attachment_id
    where m.uuid = $4::uuid or (m.sender_id = $1::bigint and m.client_id = $5::text)
  ),
  stored as (
    insert into messages (
      uuid, conversation_id, seq, sender_id, client_id, body, attachment_id, created_at
    )
    select $4::uuid, id, head_seq + 1, $1::bigint, $5::text, $6::text, $7::text,
      -- Times never run against seq, even where the database's clock is set back.
      greatest(statement_timestamp(), last_message_at)
    from conversation
    where not exists (select from earlier)
    -- The same client id, to somebody else, at the same moment.
    on conflict (sender_id, client_id) do nothing
    returning *
  ),
  attached as (
    insert into attachments (id, owner_id, kind, name, content_type, size, digest)
    select $7::text, $1::bigint, $8::text, $9::text, $10::text, $11::bigint, $12::text
    from stored
    where $7::text is not null
    returning *
  ),
  head as (
    update conversations c
    set head_seq = stored.seq,
      last_message = left(coalesce(nullif($6::text, ''), $9::text), 200),
      last_message_at = stored.created_at,
      last_message_by = stored.sender_id,
      updated_at = stored.created_at
    from stored
    where c.id = stored.conversation_id
  ),
  counted as (
    update conversation_members member
    set unread_count = member.unread_count + 1, unread_version = member.unread_version + 1
    from stored
    where member.conversation_id = stored.conversation_id and member.user_id = $2::bigint
    returning member.unread_count, member.unread_version
  ),
  m as (
    select stored.*, 'stored' as status from stored
    union all
    select * from earlier
  ),
  file as (
    select * from attached
    union all
    select * from attachments where id = (select attachment_id from earlier)
  )
select json_build_object(
  'status', coalesce(m.status, 'conflict'),
  'message', ${messageJson},
  'receiverUnread', json_build_object(
    'count', coalesce(counted.unread_count, conversation.unread_count),
    'version', coalesce(counted.unread_version, conversation.unread_version)
  )
) as result
from conversation
join users sender on sender.id = $1::bigint
join users receiver on receiver.id = $2::bigint
left join m on true
left join file on true
left join counted on true`;

interface SendResult {
  status: "stored" | "replayed" | "conflict";
  message: Message;
  receiverUnread: UnreadAfter;
}

export async function sendMessage(db: Database, message: NewMessage): Promise<SendOutcome> {
  const { senderId, receiverId, attachment } = message;
  const ends: Param[] = [senderId, receiverId, directKey(senderId, receiverId)];
  const content: Param[] = [
    crypto.randomUUID(),
    message.clientId,
    message.text,
    attachment?.id ?? null,
    attachment?.kind ?? null,
    attachment?.name ?? null,
    attachment?.contentType ?? null,
    attachment?.size ?? null,
    attachment?.digest ?? null,
  ];
  const [sent] = await db.transaction<SendResult>([
    { text: lockConversation, params: ends },
    { text: send, params: [...ends, ...content] },
  ]);
  if (!sent) return { status: "unknown-receiver" };
  const { status, receiverUnread } = sent;
  return status === "conflict" ? { status } : { status, message: sent.message, receiverUnread };
}
