import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { V4MiniflareOptions, V4WorkerOptions } from "miniflare";
import { localUrl } from "../machine/config.ts";
import type { LocalConfig } from "../machine/config.ts";
import { readBundle } from "./worker-bundle.ts";
import { workerEntry } from "./worker-entry.ts";
import { createWorkerLog, expectHealthy } from "./worker-health.ts";
import { guardWorkerd } from "./workerd-guard.ts";

export interface WorkerRuntime {
  close(): Promise<void>;
}

/** Runs the built Worker in workerd, as wrangler.toml describes it, on the configured port, until it serves. */
export async function startWorker(
  config: LocalConfig,
  vars: Record<string, string>,
): Promise<WorkerRuntime> {
  const [{ Log, LogLevel, Miniflare, convertV4MiniflareOptions }, guard, worker] =
    await Promise.all([
      import("miniflare"),
      guardWorkerd(config.dataDir),
      workerOptions(config, vars),
    ]);
  const log = createWorkerLog();
  const options: V4MiniflareOptions = {
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    // Otherwise Miniflare asks the network where this machine is.
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: workerStorage(config),
    handleStructuredLogs: log.write,
    workers: [{ ...worker, bindings: { ...worker.bindings, ...vars } }, publicSocket(config)],
  };
  const miniflare = keepSignals(() => new Miniflare(convertV4MiniflareOptions(options)));
  const close = async (): Promise<void> => {
    await miniflare.dispose();
    guard.release();
  };
  try {
    await miniflare.ready;
    await expectHealthy(localUrl(config), log);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** Miniflare ends the process at a signal by itself, before anything else could be closed. */
function keepSignals<T>(create: () => T): T {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const created = create();
  for (const [index, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.includes(listener) !== true) process.off(signal, listener);
    }
  }
  return created;
}

const workerName = "parley";
const entryPath = "parley-entry.js";

async function workerOptions(
  { root, dataDir, trustProxy }: LocalConfig,
  vars: Record<string, string>,
): Promise<V4WorkerOptions> {
  process.env["WRANGLER_LOG"] ??= "error";
  const { unstable_getMiniflareWorkerOptions } = await import("wrangler");
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
  const { modulesRules: _rules, ...options } = workerOptions;
  const bundled = (main ?? "worker.ts").replace(/^.*[/\\]/, "").replace(/\.ts$/, ".js");
  return {
    ...options,
    ...(typeof options.assets === "object" && {
      assets: { ...options.assets, directory: await keepSite(root, dataDir) },
    }),
    name: workerName,
    serviceBindings: storeBindings(vars),
    modulesRoot: root,
    rootPath: root,
    modules: [
      {
        type: "ESModule",
        path: entryPath,
        contents: workerEntry({
          main: bundled,
          workerFirst: workerFirst(options.assets),
          trustProxy,
          stores: storesOf(vars),
        }),
      },
      ...(await readBundle(root)),
    ],
  };
}

const storeSettings = ["NEON_FETCH_ENDPOINT", "UPSTASH_REDIS_REST_URL"];

/** The bindings of the stores on this machine, by their addresses. */
function storesOf(vars: Record<string, string>): Record<string, string> {
  const local = storeSettings.filter((name) => vars[name]?.startsWith("http://127.0.0.1:"));
  return Object.fromEntries(local.map((name) => [`${vars[name]}`, `LOCAL_${name}`]));
}

function storeBindings(vars: Record<string, string>) {
  const stores = Object.entries(storesOf(vars));
  return Object.fromEntries(
    stores.map(([url, name]) => [name, { external: { address: new URL(url).host, http: {} } }]),
  );
}

/** A copy: whoever builds again, this server still has the files that its pages name. */
async function keepSite(root: string, dataDir: string): Promise<string> {
  const site = join(dataDir, "run", "site");
  await rm(site, { recursive: true, force: true });
  await cp(join(root, "dist", "site"), site, { recursive: true });
  return site;
}

/** Where `wrangler dev --persist-to` keeps the same things, so that both see one state. */
export function workerStorage({ dataDir }: LocalConfig): string {
  return join(dataDir, "worker", "v3");
}

/** The paths of `run_worker_first`; all of them when wrangler.toml names none. */
function workerFirst(assets: unknown): string[] {
  const paths: unknown =
    typeof assets === "object" && assets !== null && "run_worker_first" in assets
      ? assets.run_worker_first
      : undefined;
  return Array.isArray(paths) ? paths.map(String) : ["/*"];
}

/**
 * A socket straight into the Worker. Miniflare's own front door rewrites and proxies each request,
 * and opens the socket of a Worker with assets on its router; one named by another Worker has neither.
 */
function publicSocket({ host, port }: LocalConfig): V4WorkerOptions {
  return {
    name: "public-socket",
    compatibilityDate: "2026-10-20",
    modules: [{ type: "ESModule", path: "empty.js", contents: "export default {};" }],
    unsafeDirectSockets: [{ host, port, serviceName: workerName }],
  };
}
