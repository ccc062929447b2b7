import { Pool } from "pg";
import type { Stored } from "./checker.ts";

/** What Postgres holds, read around every fault. */
export interface Truth {
  /** Every message in a conversation of these users. */
  storedFor(userIds: number[]): Promise<Stored[]>;
  /** What others wrote to each of them and is not read, per conversation, counted anew. */
  unreadOf(userIds: number[]): Promise<Map<number, Record<string, number>>>;
  newestId(): Promise<number>;
  /** A row that is tried again uses its keys again. */
  beginRow(): Promise<void>;
  /** How many of this row's messages have the key. */
  countOf(key: string): Promise<number>;
  /** Delivered or read once, then otherwise. */
  regressions(): Promise<unknown[]>;
  run<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

const stored = `
  select m.id::int, m.conversation_id::int as conversation, m.seq::int, m.sender_id::int as sender,
    m.client_id as "clientId", m.body as text,
    array(select user_id::int from conversation_members where conversation_id = m.conversation_id) as members
  from messages m
  where m.conversation_id in (select conversation_id from conversation_members where user_id = any ($1))
  order by m.id`;

const unread = `
  select cm.user_id::int as user, m.conversation_id::int as conversation, count(*)::int
  from messages m join conversation_members cm using (conversation_id)
  where cm.user_id = any ($1) and m.sender_id <> cm.user_id and m.read_at is null
  group by cm.user_id, m.conversation_id`;

/** Notes every time that is taken back or changed, whoever does it. */
const watch = `
  create table torture_regressions (id bigint, what text, before timestamptz, after timestamptz);
  create function torture_watch() returns trigger language plpgsql as $$
  begin
    if old.read_at is not null and new.read_at is distinct from old.read_at then
      insert into torture_regressions values (old.id, 'read', old.read_at, new.read_at);
    end if;
    if old.delivered_at is not null and new.delivered_at is distinct from old.delivered_at then
      insert into torture_regressions values (old.id, 'delivered', old.delivered_at, new.delivered_at);
    end if;
    return new;
  end $$;
  create trigger torture_watch before update on messages for each row execute function torture_watch();`;

export async function openTruth(url: string): Promise<Truth> {
  // One connection, and another one after it broke.
  const pool = new Pool({ connectionString: url, max: 1 });
  pool.on("error", () => undefined);
  await pool.query(watch);

  let last: Promise<unknown> = Promise.resolve();

  /** One after another, as one connection answers. */
  async function run<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    const answer = last.then(() => pool.query<T>(text, values.length > 0 ? values : undefined));
    last = answer.catch(() => undefined);
    return (await answer).rows;
  }

  async function newestId(): Promise<number> {
    const [row] = await run<{ id: number }>("select coalesce(max(id), 0)::int as id from messages");
    return row?.id ?? 0;
  }

  let begunAt = 0;

  return {
    run,
    newestId,
    async beginRow() {
      begunAt = await newestId();
    },
    storedFor: (userIds) => run<Stored>(stored, [userIds]),
    async unreadOf(userIds) {
      type Counted = { user: number; conversation: number; count: number };
      const counts = Map.groupBy(await run<Counted>(unread, [userIds]), ({ user }) => user);
      return new Map(
        userIds.map((id) => [
          id,
          Object.fromEntries(
            (counts.get(id) ?? []).map(({ conversation, count }) => [conversation, count]),
          ),
        ]),
      );
    },
    async countOf(key) {
      const text = "select count(*)::int from messages where client_id = $1 and id > $2";
      const [row] = await run<{ count: number }>(text, [key, begunAt]);
      return row?.count ?? 0;
    },
    regressions: () => run("select * from torture_regressions"),
    close: () => pool.end(),
  };
}
