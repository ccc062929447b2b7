import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findFreePort } from "../../support/free-port.ts";
import { startChild } from "./child.ts";
import { socketSurface } from "./socket-surface.ts";
import { anObjectEach, type Target } from "./target.ts";

const main = resolve(import.meta.dirname, "../relay/main.ts");

/** Durable Objects that pass messages on and do nothing else: what is left of Parley's CPU beside it is Parley's own. */
export async function startRelay(): Promise<Target> {
  await using starting = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "parley-relay-"));
  starting.defer(() => rm(dataDir, { recursive: true, force: true }));
  const port = await findFreePort();
  const env = { PORT: String(port), DATA_DIR: dataDir };
  const child = await startChild(main, env, starting);
  const stack = starting.move();
  let nextId = 1;

  return {
    name: "relay",
    url: `http://127.0.0.1:${port}`,
    surfaces: [socketSurface],
    watched: { serverId: child.pid ?? null, redisId: null, databaseName: null },
    filesAPerson: anObjectEach,
    async newPerson() {
      const id = nextId++;
      return { id, token: String(id) };
    },
    stored: async () => null,
    unread: async () => ({}),
    growth: null,
    output: () => "",
    dispose: () => stack.disposeAsync(),
  };
}
