import { createRequire } from "node:module";
import type { TestProject } from "vitest/node";
import type * as embeddedRedis from "../../src/platforms/local/embedded-redis.ts";
import { createNeonEndpoint } from "../../src/platforms/local/neon-endpoint.ts";
import { createPgliteEngine, openPglite } from "../../src/platforms/local/pglite-engine.ts";
import { createUpstashEndpoint } from "../../src/platforms/local/upstash-endpoint.ts";
import { migrationStatements } from "./migrations.ts";

// Loaded by Node itself: this project resolves packages as for a Worker, and gets a script engine that is a browser's.
const { createEmbeddedRedis } = createRequire(import.meta.url)(
  "../../src/platforms/local/embedded-redis.ts",
) as typeof embeddedRedis;

/** Starts the embedded services and tells the Worker under test where they are. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const database = await openPglite();
  for (const statement of await migrationStatements()) await database.exec(statement);
  const sql = createPgliteEngine(database);
  const redis = createEmbeddedRedis();
  const neon = await createNeonEndpoint(sql);
  const upstash = await createUpstashEndpoint(redis);

  project.provide("workerBindings", {
    AUTH_SECRET: "a secret that only the tests know 0123456789",
    SERVICE_KEY: "a service key that only tests know 0123456789",
    DATABASE_URL: neon.databaseUrl,
    NEON_FETCH_ENDPOINT: neon.fetchEndpoint,
    UPSTASH_REDIS_REST_URL: upstash.url,
    UPSTASH_REDIS_REST_TOKEN: upstash.token,
  });

  return async () => {
    await Promise.all([neon.close(), upstash.close()]);
    await Promise.all([sql.close(), redis.close()]);
  };
}
