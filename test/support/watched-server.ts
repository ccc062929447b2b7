import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStores } from "../../src/platforms/local/stores.ts";
import { ensureBuilt } from "../../src/platforms/local/worker-bundle.ts";
import { startWorker } from "../../src/platforms/local/worker-runtime.ts";
import { projectRoot, readConfig } from "../../src/platforms/machine/config.ts";
import { findFreePort } from "./free-port.ts";

/** One piece of code of one user's hub that ran: its constructor, a handler or a call. */
export interface HubRun {
  userId: number;
  name: string;
}

/** The built Worker over embedded stores, which tells what its hubs do. */
export interface WatchedServer {
  readonly url: string;
  readonly authSecret: string;
  /** Everything that ran in any hub so far, in order. Asking wakes none. */
  hubRuns(): Promise<HubRun[]>;
  close(): Promise<void>;
}

/** Stands before the bundle: the same Worker, but its hubs take notes. */
const watchingWorker = `
import worker, { UserHub as Hub } from "./bundled.js";
const runs = [];
export class UserHub extends Hub {
  constructor(ctx, env) {
    runs.push({ userId: Number(ctx.id.name), name: "constructor" });
    super(ctx, env);
  }
}
for (const name of Object.getOwnPropertyNames(Hub.prototype)) {
  if (name === "constructor") continue;
  UserHub.prototype[name] = function (...args) {
    runs.push({ userId: Number(this.ctx.id.name), name });
    return Hub.prototype[name].apply(this, args);
  };
}
export default {
  ...worker,
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/api/hub-runs") return Response.json(runs);
    return worker.fetch(request, env, context);
  },
};
`;

export async function startWatchedServer(limits: Record<string, number>): Promise<WatchedServer> {
  await using opened = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), "parley-watched-"));
  opened.defer(() => rm(root, { recursive: true, force: true }));
  await ensureBuilt(projectRoot);
  for (const path of ["wrangler.toml", "dist"]) {
    await cp(join(projectRoot, path), join(root, path), { recursive: true });
  }
  const worker = join(root, "dist", "worker");
  await rename(join(worker, "worker.js"), join(worker, "bundled.js"));
  await writeFile(join(worker, "worker.js"), watchingWorker);

  const port = await findFreePort();
  const config = readConfig({ PORT: String(port), DATA_DIR: join(root, "data") });
  const stores = await openStores(config);
  opened.defer(() => stores.close());
  const authSecret = randomBytes(32).toString("hex");
  const runtime = await startWorker(
    { ...config, root },
    {
      ...config.settings,
      ...stores.vars,
      AUTH_SECRET: authSecret,
      SERVICE_KEY: randomBytes(32).toString("hex"),
      LIMITS: JSON.stringify(limits),
    },
  );
  opened.defer(() => runtime.close());
  const stack = opened.move();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    authSecret,
    async hubRuns() {
      return (await (await fetch(`${url}/api/hub-runs`)).json()) as HubRun[];
    },
    close: () => stack.disposeAsync(),
  };
}
