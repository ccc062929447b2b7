import { createEmptyDatabase } from "../../support/real-services.ts";
import { createRedisProcess, type RedisProcess } from "../../support/redis-process.ts";
import type { TestServer } from "../../support/server.ts";
import { createS3Endpoint } from "./s3-endpoint.ts";

process.env["PARLEY_PLATFORM"] = "bun";
const { startServer } = await import("../../support/server.ts");

export interface TwoProcesses {
  servers: TestServer[];
  redis: RedisProcess;
}

/** Two processes that share the users, over stores of their own. */
export async function startTwoProcesses(
  secret: string,
  stack: AsyncDisposableStack,
): Promise<TwoProcesses> {
  const database = await createEmptyDatabase();
  stack.defer(() => database.drop());
  const redis = await createRedisProcess();
  stack.defer(() => redis.dispose());
  const files = createS3Endpoint();
  stack.defer(() => files.close());
  const env = {
    CLUSTER: "on",
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: secret,
    SERVICE_KEY: secret,
    S3_BUCKET: "files",
    S3_ENDPOINT: files.url,
    S3_ACCESS_KEY_ID: "id",
    S3_SECRET_ACCESS_KEY: "secret",
    DEMO: "off",
    LIMITS: '{"sendBurst":1000,"graceMs":200}',
  };
  const servers = await Promise.all([startServer(env), startServer(env)]);
  for (const server of servers) stack.defer(() => server.dispose());
  return { servers, redis };
}
