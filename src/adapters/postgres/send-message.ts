import type { SendOutcome } from "../../ports/history-store.ts";
import type { UnreadAfter } from "../../protocol/event.ts";
import type { Message } from "../../protocol/message.ts";
import { advanceHead, raiseUnread } from "./after-stored.ts";
import type { Database, Param } from "./database.ts";
import { messageJson } from "./json.ts";
import { lockConversation } from "./lock-conversation.ts";
import { directKey } from "./params.ts";
import type { NamedMessage } from "./store-together.ts";

const found = `
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
      -- The uuid is drawn for this send, so its own first try stored this one.
      when m.uuid = $4::uuid then 'stored'
      when m.conversation_id = (select id from conversation)
        and m.body = $6::text
        and (file.digest, file.name) is not distinct from ($12::text, $9::text) then 'replayed'
      else 'conflict'
    end as status
    from messages m
    left join attachments file on file.id = m.attachment_id
    where m.uuid = $4::uuid or (m.sender_id = $1::bigint and m.client_id = $5::text)
  ),`;

const counted = `
  ${advanceHead("coalesce(nullif($6::text, ''), $9::text)")},
  ${raiseUnread("member.user_id = $2::bigint")},
  m as (
    select stored.*, 'stored' as status from stored
    union all
    select * from earlier
  ),
  file as (
    select * from attached
    union all
    select * from attachments where id = (select attachment_id from earlier)
  )`;

interface FileParts {
  noted: string;
  isThere: string;
  taken: string;
  otherwise: string;
}

function sendSql({ noted, isThere, taken, otherwise }: FileParts): string {
  return `${found}${noted}
  stored as (
    insert into messages (
      uuid, conversation_id, seq, sender_id, client_id, body, attachment_id, created_at
    )
    select $4::uuid, id, head_seq + 1, $1::bigint, $5::text, $6::text, $7::text,
      -- Times never run against seq, even where the database's clock is set back.
      greatest(statement_timestamp(), last_message_at)
    from conversation
    where not exists (select from earlier) ${isThere}
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
  ),${taken}${counted}
select json_build_object(
  'status', coalesce(m.status, ${otherwise}),
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
}

/** A text; with a file, one that was noted and is not given up, and then the note goes with the commit (FILE-6). */
const sendText = sendSql({
  noted: "",
  isThere: "",
  taken: "",
  otherwise: "'conflict'",
});
const sendFile = sendSql({
  noted: `
  noted as (
    select id from uploads where id = $7::text and not is_given_up for update
  ),`,
  isThere: "and exists (select from noted)",
  taken: `
  taken as (
    delete from uploads using attached where uploads.id = attached.id
  ),`,
  otherwise: "case when exists (select from noted) then 'conflict' else 'file-gone' end",
});

interface SendResult {
  status: "stored" | "replayed" | "conflict" | "file-gone";
  message: Message;
  receiverUnread: UnreadAfter;
}

/** One message, whatever it is and however long it has to wait for its conversation. */
export async function sendMessage(db: Database, message: NamedMessage): Promise<SendOutcome> {
  const { senderId, receiverId, attachment } = message;
  const ends: Param[] = [senderId, receiverId, directKey(senderId, receiverId)];
  const content: Param[] = [
    message.uuid,
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
    { text: attachment ? sendFile : sendText, params: [...ends, ...content] },
  ]);
  if (!sent) return { status: "unknown-receiver" };
  const { status, receiverUnread } = sent;
  if (status === "conflict" || status === "file-gone") return { status };
  return { status, message: sent.message, receiverUnread };
}
