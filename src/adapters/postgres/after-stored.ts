/** What a stored message changes besides itself: parts of the statement that has it in `stored`. */

/** `preview`: the SQL of what lists of conversations show of it. */
export function advanceHead(preview: string): string {
  return `head as (
    update conversations c
    set head_seq = stored.seq,
      last_message = left(${preview}, 200),
      last_message_at = stored.created_at,
      last_message_by = stored.sender_id,
      updated_at = stored.created_at
    from stored
    where c.id = stored.conversation_id
  )`;
}

/** `receiver`: the SQL of who is meant. `kept`: columns to have beside the count and its version. */
export function raiseUnread(receiver: string, kept = ""): string {
  return `counted as (
    update conversation_members member
    set unread_count = member.unread_count + 1, unread_version = member.unread_version + 1
    from stored
    where member.conversation_id = stored.conversation_id and ${receiver}
    returning ${kept}member.unread_count, member.unread_version
  )`;
}
