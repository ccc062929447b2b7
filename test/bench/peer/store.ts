import type { Pool } from "pg";

const tables = `
create table if not exists conversations (
  id bigint generated always as identity primary key,
  low bigint not null,
  high bigint not null,
  last_message text,
  updated_at timestamptz not null default now(),
  unique (low, high)
);
create table if not exists messages (
  id bigint generated always as identity primary key,
  conversation_id bigint not null references conversations,
  sender_id bigint not null,
  body text not null,
  created_at timestamptz not null default now()
);
create index if not exists messages_by_conversation on messages (conversation_id, id);
`;

/** One statement is one transaction and one round trip. */
const store = `
with conversation as (
  insert into conversations (low, high, last_message)
  values (least($1::bigint, $2::bigint), greatest($1::bigint, $2::bigint), left($3::text, 200))
  on conflict (low, high) do update set last_message = excluded.last_message, updated_at = now()
  returning id
)
insert into messages (conversation_id, sender_id, body)
select id, $1::bigint, $3::text from conversation
returning id::int, conversation_id::int, created_at`;

export interface StoredMessage {
  id: number;
  conversation_id: number;
  created_at: Date;
}

export async function createTables(pool: Pool): Promise<void> {
  await pool.query(tables);
}

export async function storeMessage(
  pool: Pool,
  { from, to, text }: { from: number; to: number; text: string },
): Promise<StoredMessage> {
  const values = [from, to, text];
  const { rows } = await pool.query<StoredMessage>({ name: "store", text: store, values });
  const [row] = rows;
  if (!row) throw new Error("nothing was stored");
  return row;
}
