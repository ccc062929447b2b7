import { join } from "node:path";
import type { LocalConfig } from "../machine/config.ts";
import { createEmbeddedRedis } from "./embedded-redis.ts";
import { migratePglite, migratePostgres } from "./migrate.ts";
import { createNeonEndpoint } from "./neon-endpoint.ts";
import { createPgliteEngine, openPglite } from "./pglite-engine.ts";
import { createPostgresEngine } from "./postgres-engine.ts";
import { connectRedis } from "./real-redis.ts";
import type { RedisEngine } from "./redis-engine.ts";
import type { SqlEngine } from "./sql-engine.ts";
import { createUpstashEndpoint } from "./upstash-endpoint.ts";

export interface LocalStores {
  /** What the Worker's environment says about them. */
  vars: Record<
    "DATABASE_URL" | "NEON_FETCH_ENDPOINT" | "UPSTASH_REDIS_REST_URL" | "UPSTASH_REDIS_REST_TOKEN",
    string
  >;
  close(): Promise<void>;
}

/** Opens Postgres, migrated, and Redis, each embedded or real, behind the endpoints of the cloud. */
export async function openStores(config: LocalConfig): Promise<LocalStores> {
  await using opened = new AsyncDisposableStack();
  const [sql, redis] = await Promise.all([
    keep(opened, openSql(config)),
    keep(opened, openRedis(config)),
  ]);
  const [neon, upstash] = await Promise.all([
    keep(opened, createNeonEndpoint(sql)),
    keep(opened, createUpstashEndpoint(redis)),
  ]);
  const stack = opened.move();
  return {
    vars: {
      DATABASE_URL: neon.databaseUrl,
      NEON_FETCH_ENDPOINT: neon.fetchEndpoint,
      UPSTASH_REDIS_REST_URL: upstash.url,
      UPSTASH_REDIS_REST_TOKEN: upstash.token,
    },
    close: () => stack.disposeAsync(),
  };
}

async function keep<T extends { close(): Promise<void> }>(
  stack: AsyncDisposableStack,
  opening: Promise<T>,
): Promise<T> {
  const resource = await opening;
  stack.defer(() => resource.close());
  return resource;
}

async function openSql({ root, dataDir, databaseUrl }: LocalConfig): Promise<SqlEngine> {
  if (databaseUrl !== undefined) {
    await migratePostgres(root, databaseUrl);
    return createPostgresEngine(databaseUrl);
  }
  const database = await openPglite(join(dataDir, "postgres"));
  await migratePglite(root, database);
  return createPgliteEngine(database);
}

function openRedis({ redisUrl }: LocalConfig): Promise<RedisEngine> {
  return redisUrl === undefined ? Promise.resolve(createEmbeddedRedis()) : connectRedis(redisUrl);
}
