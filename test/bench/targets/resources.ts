import { Pool } from "pg";
import { createClient } from "redis";
import { createEmptyDatabase } from "../../support/real-services.ts";
import { createRedisProcess } from "../../support/redis-process.ts";

/** A database on the real Postgres and a Redis process, both of one target alone. */
export interface Resources {
  databaseUrl: string;
  databaseName: string;
  sql: Pool;
  redisUrl: string;
  redisId: number;
}

export async function openResources(stack: AsyncDisposableStack): Promise<Resources> {
  const database = await createEmptyDatabase();
  stack.defer(() => database.drop());
  const sql = await openSql(database.url, stack);
  const redis = await createRedisProcess();
  stack.defer(() => redis.dispose());
  return {
    databaseUrl: database.url,
    databaseName: databaseNameOf(database.url),
    sql,
    redisUrl: redis.url,
    redisId: await redisProcessId(redis.url),
  };
}

export async function openSql(url: string, stack: AsyncDisposableStack): Promise<Pool> {
  // One connection, kept: under load there may be no other to be had.
  const sql = new Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 });
  // A connection that breaks fails its query; unheard, the event would end the process.
  sql.on("error", () => undefined);
  await sql.query("select 1");
  stack.defer(() => sql.end());
  return sql;
}

export function databaseNameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function redisProcessId(url: string): Promise<number> {
  const client = createClient({ url });
  await client.connect();
  const info = await client.info("server");
  client.destroy();
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

/** The messages of these writers, by the number that their text begins with. */
export async function countStored(sql: Pool, writerIds: number[]): Promise<Map<number, number>> {
  const text = `select substr(body, 2, 10)::int as index, count(*)::int as count
    from messages where sender_id = any ($1) and body like '#%' group by 1`;
  const { rows } = await sql.query<{ index: number; count: number }>(text, [writerIds]);
  return new Map(rows.map(({ index, count }) => [index, count]));
}
