/** SQL for a time as clients see it: ISO 8601 in UTC with milliseconds. */
export function iso(time: string): string {
  return `to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** SQL for a Person out of a row of users. */
export function personJson(user: string): string {
  return `json_build_object(
    'id', ${user}.id,
    'username', ${user}.username,
    'fullName', ${user}.full_name,
    'avatar', ${user}.avatar
  )`;
}

/** SQL for a Message out of rows named m (messages), sender, receiver (users) and file (attachments). */
export const messageJson = `json_build_object(
  'id', m.id,
  'uuid', m.uuid,
  'conversationId', m.conversation_id,
  'seq', m.seq,
  'sender', ${personJson("sender")},
  'receiver', ${personJson("receiver")},
  'text', m.body,
  'clientId', m.client_id,
  'attachment', case when file.id is not null then json_build_object(
    'id', file.id,
    'kind', file.kind,
    'name', file.name,
    'contentType', file.content_type,
    'size', file.size
  ) end,
  'createdAt', ${iso("m.created_at")},
  'deliveredAt', ${iso("m.delivered_at")},
  'readAt', ${iso("m.read_at")}
)`;

/** Finds sender, receiver and file for the messages m. */
export const messageJoins = `
  join users sender on sender.id = m.sender_id
  join conversation_members other
    on other.conversation_id = m.conversation_id and other.user_id <> m.sender_id
  join users receiver on receiver.id = other.user_id
  left join attachments file on file.id = m.attachment_id`;
