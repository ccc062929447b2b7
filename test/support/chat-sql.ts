import { Pool } from "pg";

/** What the database itself says, to compare with what the server answers. */
export interface ChatSql {
  /** Messages that others sent to the user and that are not read, counted anew. */
  unreadOf(userId: number): Promise<Record<string, number>>;
  /** Conversations whose numbers have a hole or a double, or whose head or stored counts are wrong. */
  faults(): Promise<unknown[]>;
  /** The ids of the messages with one of those keys. */
  idsByKey(clientIds: string[]): Promise<Map<string, number[]>>;
  countMessages(): Promise<number>;
  deadlocks(): Promise<number>;
  close(): Promise<void>;
}

const unread = `
  select m.conversation_id as id, count(*)::int as count
  from messages m join conversation_members cm using (conversation_id)
  where cm.user_id = $1 and m.sender_id <> $1 and m.read_at is null
  group by m.conversation_id`;

const faults = `
  with seen as (
    select conversation_id as id, count(*) as messages, count(distinct seq) as numbers,
      min(seq) as lowest, max(seq) as highest
    from messages group by conversation_id
  ),
  counted as (
    select cm.conversation_id as id, cm.user_id, cm.unread_count,
      (select count(*) from messages m where m.conversation_id = cm.conversation_id
        and m.sender_id <> cm.user_id and m.read_at is null) as really_unread
    from conversation_members cm
  )
  select 'numbers' as fault, to_json(c) as row, to_json(seen) as seen
  from conversations c join seen using (id)
  where c.head_seq <> seen.messages or seen.numbers <> seen.messages
    or seen.lowest <> 1 or seen.highest <> seen.messages
  union all
  select 'unread', to_json(counted), null from counted where unread_count <> really_unread
  union all
  select 'read but not delivered', to_json(m), null from messages m
  where m.read_at is not null and m.delivered_at is null`;

export async function openChatSql(url: string): Promise<ChatSql> {
  // One connection, and another one after it broke.
  const pool = new Pool({ connectionString: url, max: 1 });
  pool.on("error", () => undefined);
  await pool.query("select 1");

  async function rows<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await pool.query<T>(text, values)).rows;
  }

  return {
    async unreadOf(userId) {
      const counts = await rows<{ id: string; count: number }>(unread, [userId]);
      return Object.fromEntries(counts.map(({ id, count }) => [id, count]));
    },
    faults: () => rows(faults),
    async idsByKey(clientIds) {
      const text = "select client_id, id::int from messages where client_id = any ($1)";
      const found = await rows<{ client_id: string; id: number }>(text, [clientIds]);
      const groups = Map.groupBy(found, (row) => row.client_id);
      return new Map([...groups].map(([key, group]) => [key, group.map(({ id }) => id)]));
    },
    async countMessages() {
      const [row] = await rows<{ count: number }>("select count(*)::int from messages");
      return row?.count ?? 0;
    },
    async deadlocks() {
      const text = "select deadlocks::int from pg_stat_database where datname = current_database()";
      const [row] = await rows<{ deadlocks: number }>(text);
      return row?.deadlocks ?? 0;
    },
    close: () => pool.end(),
  };
}
