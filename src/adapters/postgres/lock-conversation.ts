/**
 * Finds or creates the conversation of the users $1 and $2, whose key is $3, and locks it. This is a statement of its
 * own because the next one must see what the lock's last holder committed: as one statement, concurrent duplicates
 * would leave holes in seq.
 */
export const lockConversation = `
with
  known as (
    select id from conversations where direct_key = $3::text for no key update
  ),
  created as (
    insert into conversations (kind, direct_key)
    select 'direct', $3::text
    where not exists (select from known)
      and (select count(*) from users where id in ($1::bigint, $2::bigint)) = 2
    -- Somebody else was first: changing nothing still takes the lock.
    on conflict (direct_key) do update set kind = excluded.kind
    returning id
  )
insert into conversation_members (conversation_id, user_id)
select created.id, member.user_id
from created, (values ($1::bigint), ($2::bigint)) as member (user_id)
on conflict do nothing`;
