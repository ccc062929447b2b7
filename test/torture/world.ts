import { openChatSql, type ChatSql } from "../support/chat-sql.ts";
import { createFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import {
  createPostgresProcess,
  findPostgresProgram,
  type PostgresProcess,
} from "../support/postgres-process.ts";
import { createEmptyDatabase, realPostgresUrl } from "../support/real-services.ts";
import { createRedisProcess, hasRedisServer, type RedisProcess } from "../support/redis-process.ts";
import { inParallel } from "../support/send-load.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { Faults } from "./fault-switches.ts";
import { createServerRoot } from "./server-root.ts";
import { openTruth, type Truth } from "./truth.ts";

/** Times are a fifteenth of the product's, so that a minute's wait is a few seconds. */
const limits = {
  sendBurst: 1_000_000,
  sendPerSecond: 1_000_000,
  heartbeatMs: 2_000,
  staleMs: 5_000,
  graceMs: 500,
};

export const platforms = ["workers", "bun"] as const;
export type Platform = (typeof platforms)[number];

/** What the harness's own connections to Postgres are called. */
export const ownName = "torture";

/** The server of `npm start` over a real PostgreSQL and a real Redis, with a proxy in front of each of the three. */
export interface World {
  readonly platform: Platform;
  readonly server: TestServer;
  readonly sql: ChatSql;
  readonly truth: Truth;
  /** The name of its database in Postgres. */
  readonly databaseName: string;
  readonly postgres: FaultProxy;
  /** Behind that proxy; null where it is one that others use too and nobody may end. */
  readonly postgresProcess: PostgresProcess | null;
  readonly redis: RedisProcess;
  readonly redisProxy: FaultProxy;
  /** Between the clients and the server. */
  readonly front: FaultProxy;
  /** People whom no other row knows. */
  people(count: number): Promise<ChatPerson[]>;
  /** Tells the harness's entry before the Worker what to do. */
  order<T = null>(order: object): Promise<T>;
  fault(change: Partial<Faults>): Promise<unknown>;
  /** Kills it, and starts it again where it was; answers how long the start took, ms. */
  crash(): Promise<number>;
  close(): Promise<void>;
}

export async function createWorld(checkout: string, platform: Platform): Promise<World> {
  if (!hasRedisServer()) throw new Error("redis-server must be installed");
  await using opened = new AsyncDisposableStack();
  const root = platform === "workers" ? await createServerRoot(checkout) : null;
  if (root) opened.defer(() => root.remove());
  const program = findPostgresProgram();
  const postgresProcess = program && (await createPostgresProcess(program));
  if (postgresProcess) opened.defer(() => postgresProcess.dispose());
  const database = postgresProcess ?? (await borrowDatabase());
  if ("drop" in database) opened.defer(() => database.drop());
  const redis = await createRedisProcess();
  opened.defer(() => redis.dispose());
  const postgres = await createFaultProxy(database.url);
  opened.defer(() => postgres.close());
  const redisProxy = await createFaultProxy(redis.url);
  opened.defer(() => redisProxy.close());
  const env = {
    PARLEY_PLATFORM: platform,
    DATABASE_URL: postgres.url,
    REDIS_URL: redisProxy.url,
    DEMO: "off",
    LIMITS: JSON.stringify(limits),
  };
  const server = await startServer(env, root?.path ?? checkout);
  opened.defer(() => server.dispose());
  const front = await createFaultProxy(`http://127.0.0.1:${server.port}`);
  opened.defer(() => front.close());
  const own = `${database.url}?application_name=${ownName}`;
  const sql = await openChatSql(own);
  opened.defer(() => sql.close());
  const truth = await openTruth(own);
  opened.defer(() => truth.close());
  const stack = opened.move();
  let lastId = 0;

  async function order<T>(what: object): Promise<T> {
    const body = JSON.stringify(what);
    const response = await fetch(`${server.url}/api/torture`, { method: "POST", body });
    if (!response.ok) throw new Error(`${body}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { result: T }).result;
  }

  return {
    platform,
    server,
    sql,
    truth,
    databaseName: new URL(database.url).pathname.slice(1),
    postgres,
    postgresProcess,
    redis,
    redisProxy,
    front,
    order,
    people(count) {
      const ids = Array.from({ length: count }, () => (lastId += 1));
      return inParallel(16, ids, (id) =>
        signIn(server, { id, username: `u${id}`, name: `User ${id}` }),
      );
    },
    fault: (faults) => order({ op: "faults", faults }),
    async crash() {
      // It may have ended by itself.
      await server.killHard().catch(() => undefined);
      const started = performance.now();
      await server.restart();
      return performance.now() - started;
    },
    close: () => stack.disposeAsync(),
  };
}

/** On a server that is there for others too. */
async function borrowDatabase(): ReturnType<typeof createEmptyDatabase> {
  if ((await realPostgresUrl()) !== null) return createEmptyDatabase();
  throw new Error("PostgreSQL must be installed, or run on its standard port");
}
