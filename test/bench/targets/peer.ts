import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Redis } from "ioredis";
import { findFreePort } from "../../support/free-port.ts";
import { signToken } from "../../support/people.ts";
import { startChild } from "./child.ts";
import { countStored, openResources } from "./resources.ts";
import { socketIoSurface } from "./socket-io-surface.ts";
import { aSocketEach, type Target } from "./target.ts";

const main = resolve(import.meta.dirname, "../peer/main.ts");

/** The chat server that Parley is compared with, with stores of its own. */
export async function startPeer(): Promise<Target> {
  await using starting = new AsyncDisposableStack();
  const { sql, ...resources } = await openResources(starting);
  const port = await findFreePort();
  const authSecret = randomBytes(32).toString("hex");
  const env = {
    DATABASE_URL: resources.databaseUrl,
    REDIS_URL: resources.redisUrl,
    AUTH_SECRET: authSecret,
    PORT: String(port),
  };
  const child = await startChild(main, env, starting);
  const redis = new Redis(resources.redisUrl);
  starting.defer(() => redis.disconnect());
  const stack = starting.move();
  let nextId = 1;

  return {
    name: "socketio",
    url: `http://127.0.0.1:${port}`,
    surfaces: [socketIoSurface],
    watched: { ...resources, serverId: child.pid ?? null },
    filesAPerson: aSocketEach,
    async newPerson() {
      const id = nextId++;
      return { id, token: await signToken(authSecret, { user_id: id }, "6h") };
    },
    stored: (writerIds) => countStored(sql, writerIds),
    async unread({ id }) {
      const counts = await redis.hvals(`unread:${id}`);
      return { Redis: counts.reduce((sum, count) => sum + Number(count), 0) };
    },
    growth: null,
    output: () => "",
    dispose: () => stack.disposeAsync(),
  };
}
