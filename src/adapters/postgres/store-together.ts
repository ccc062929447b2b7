import type { NewMessage, SendOutcome } from "../../ports/history-store.ts";
import type { UnreadAfter } from "../../protocol/event.ts";
import type { Message } from "../../protocol/message.ts";
import { advanceHead, raiseUnread } from "./after-stored.ts";
import type { Statement } from "./database.ts";
import { iso, personJson } from "./json.ts";
import { directKey } from "./params.ts";

/** A message under the name that it keeps through every try. */
export interface NamedMessage extends NewMessage {
  uuid: string;
}

/**
 * One statement and so one commit for messages of different conversations. It takes only what is plain: a conversation
 * that is there and that nobody else has locked, a key that was not used before. It waits for no conversation's lock, so
 * that neither one of them holds up the others nor two batches each other; and keys are claimed in one order everywhere.
 */
const storeAll = `
with
  given as materialized (
    select * from json_to_recordset($1::text::json)
      as (uuid uuid, sender_id bigint, direct_key text, client_id text, body text)
    -- Always true; but few rows are expected where it holds, and so each is looked up by its index.
    where left(direct_key, 0) = ''
  ),
  held as materialized (
    select given.*, c.id as conversation_id, c.head_seq, c.last_message_at
    from given, lateral (
      select id, head_seq, last_message_at
      from conversations
      where conversations.direct_key = given.direct_key
      -- What is locked is read as its last holder left it.
      for no key update skip locked
    ) c
  ),
  stored as (
    insert into messages (uuid, conversation_id, seq, sender_id, client_id, body, created_at)
    select uuid, conversation_id, head_seq + 1, sender_id, client_id, body,
      -- Times never run against seq, even where the database's clock is set back.
      greatest(statement_timestamp(), last_message_at)
    from held
    order by sender_id, client_id
    on conflict do nothing
    returning id, uuid, conversation_id, seq, sender_id, body, created_at
  ),
  ${advanceHead("nullif(stored.body, '')")},
  ${raiseUnread("member.user_id <> stored.sender_id", "stored.*, member.user_id as receiver_id, ")}
select json_build_object(
  'uuid', uuid,
  'id', counted.id,
  'conversationId', conversation_id,
  'seq', seq,
  'createdAt', ${iso("counted.created_at")},
  'sender', ${personJson("sender")},
  'receiver', ${personJson("receiver")},
  'unread', json_build_object('count', unread_count, 'version', unread_version)
) as result
from counted
join users sender on sender.id = counted.sender_id
join users receiver on receiver.id = counted.receiver_id`;

interface Stored extends Pick<
  Message,
  "uuid" | "id" | "conversationId" | "seq" | "createdAt" | "sender" | "receiver"
> {
  unread: UnreadAfter;
}

/** What it did not take is not in the answer, and has to be sent alone. `run`: one of the ways to have it carried out. */
export async function storeTogether(
  run: (statement: Statement) => Promise<Stored[]>,
  messages: NamedMessage[],
): Promise<Map<string, SendOutcome>> {
  const given = messages.map(({ uuid, senderId, receiverId, clientId, text }) => ({
    uuid,
    sender_id: senderId,
    direct_key: directKey(senderId, receiverId),
    client_id: clientId,
    body: text,
  }));
  const rows = await run({ text: storeAll, params: [JSON.stringify(given)] });
  const byUuid = new Map(rows.map((row) => [row.uuid, row]));
  return new Map(
    messages.flatMap((message) => {
      const row = byUuid.get(message.uuid);
      return row ? [[message.uuid, outcomeOf(message, row)] as const] : [];
    }),
  );
}

function outcomeOf({ uuid, text, clientId }: NamedMessage, stored: Stored): SendOutcome {
  const { id, conversationId, seq, sender, receiver, createdAt, unread } = stored;
  const message: Message = {
    id,
    uuid,
    conversationId,
    seq,
    sender,
    receiver,
    text,
    clientId,
    attachment: null,
    createdAt,
    deliveredAt: null,
    readAt: null,
  };
  return { status: "stored", message, receiverUnread: unread };
}
