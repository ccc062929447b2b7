import type { Pool } from "pg";
import { communication, createPerson, signToken } from "../../support/people.ts";
import { startServer } from "../../support/server.ts";
import { unreadFromApi } from "../../support/unread-check.ts";
import type { Surface } from "../surface.ts";
import { countStored, databaseNameOf, openResources, openSql } from "./resources.ts";
import { socketSurface } from "./socket-surface.ts";
import { streamSurface } from "./stream-surface.ts";
import { anObjectEach, aSocketEach, type GrowthAccess, type Target } from "./target.ts";

const surfaces: Surface[] = [socketSurface, streamSurface];

/** Guards against floods would be all that is measured. */
export const liftedLimits = { sendBurst: 1_000_000_000, sendPerSecond: 1_000_000_000 };

/** `npm start`, which runs the Worker in bare workerd, or `npm run start:bun`, with stores of its own. */
export async function startParley(platform: "workers" | "bun"): Promise<Target> {
  await using starting = new AsyncDisposableStack();
  const { sql, ...resources } = await openResources(starting);
  const server = await startServer({
    PARLEY_PLATFORM: platform,
    DATABASE_URL: resources.databaseUrl,
    REDIS_URL: resources.redisUrl,
    DEMO: "off",
    LIMITS: JSON.stringify(liftedLimits),
  });
  starting.defer(() => server.dispose());
  const stack = starting.move();
  return createParleyTarget({
    name: platform,
    url: server.url,
    authSecret: server.authSecret,
    watched: { ...resources, serverId: server.processId },
    filesAPerson: platform === "workers" ? anObjectEach : aSocketEach,
    output: () => server.output(),
    sql,
    firstId: 1,
    dispose: () => stack.disposeAsync(),
  });
}

export interface RunningParley {
  url: string;
  authSecret: string;
  processId: number | null;
  databaseUrl: string | null;
}

/** A Parley that somebody else started, with its limits lifted as `liftedLimits` says. */
export async function reachParley(running: RunningParley): Promise<Target> {
  const { databaseUrl } = running;
  const stack = new AsyncDisposableStack();
  const sql = databaseUrl === null ? null : await openSql(databaseUrl, stack);
  return createParleyTarget({
    ...running,
    name: "running",
    watched: {
      serverId: running.processId,
      redisId: null,
      databaseName: databaseUrl === null ? null : databaseNameOf(databaseUrl),
    },
    filesAPerson: anObjectEach,
    output: () => "",
    sql,
    // Nobody who chats there, and nobody of an earlier run.
    firstId: Date.now(),
    dispose: () => stack.disposeAsync(),
  });
}

interface ParleyOptions extends Pick<
  Target,
  "name" | "url" | "watched" | "filesAPerson" | "output" | "dispose"
> {
  authSecret: string;
  sql: Pool | null;
  firstId: number;
}

function createParleyTarget({ authSecret, sql, firstId, ...target }: ParleyOptions): Target {
  let nextId = firstId;
  return {
    ...target,
    surfaces,
    async newPerson() {
      const id = nextId++;
      const claims = { user_id: id, username: `bench${id}`, name: `Bench ${id}` };
      return { id, token: await signToken(authSecret, claims, "6h") };
    },
    stored: async (writerIds) => (sql === null ? null : countStored(sql, writerIds)),
    async unread({ id, token }) {
      const api = await unreadFromApi(createPerson(target, { id, name: "", token }));
      const answered = Object.values(api).reduce((sum, count) => sum + count, 0);
      if (sql === null) return { "the API": answered };
      const text = `select coalesce(sum(unread_count), 0)::int as count
        from conversation_members where user_id = $1`;
      const { rows } = await sql.query<{ count: number }>(text, [id]);
      return { "the API": answered, Postgres: rows[0]?.count ?? 0 };
    },
    growth: sql === null ? null : createGrowthAccess(target.url, sql),
  };
}

const fillConversation = `
with
  conversation as (
    insert into conversations (kind, direct_key, head_seq, last_message, last_message_at, last_message_by)
    values ('direct', $1::bigint || ':' || $2::bigint, $3::int, 'old', now(), $1::bigint)
    returning id
  ),
  members as (
    insert into conversation_members (conversation_id, user_id, read_seq)
    select id, unnest(array[$1::bigint, $2::bigint]), $3::int from conversation
  )
insert into messages (conversation_id, seq, sender_id, body, created_at, delivered_at, read_at)
select id, seq, case when seq % 2 = 0 then $1::bigint else $2::bigint end,
  'old message number ' || seq, made.at, made.at, made.at
from conversation, generate_series(1, $3::int) as seq,
  lateral (select now() - ($3::int - seq) * interval '1 second' as at) as made`;

function createGrowthAccess(url: string, sql: Pool): GrowthAccess {
  return {
    async fill({ from, to }, messages) {
      await sql.query(fillConversation, [from.id, to.id, messages]);
      await sql.query("analyze");
    },
    async readHistory({ from, to }) {
      const response = await fetch(`${url}${communication}/chats/conversation/${to.id}/`, {
        headers: { authorization: `Bearer ${from.token}` },
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`history: ${response.status} ${text}`);
    },
  };
}
