import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadConfig, localUrl } from "../machine/config.ts";
import type { LocalConfig } from "../machine/config.ts";
import { claimDataDir, keepSecrets } from "../machine/data-dir.ts";
import { runCommand } from "../machine/operator-error.ts";
import { checkPort } from "../machine/port.ts";
import { onStopSignal } from "../machine/stop-signals.ts";
import { buildSite, watchSite } from "./site-bundle.ts";
import { openStores } from "./stores.ts";
import { wranglerCommand, wranglerEnvironment } from "./worker-bundle.ts";
import { workerStorage } from "./worker-runtime.ts";

/** The stores of `npm start` behind `wrangler dev`, which rebuilds at each change. */
async function dev(): Promise<void> {
  const config = loadConfig();
  await checkPort(config.host, config.port);
  await using stack = new AsyncDisposableStack();
  const claim = await claimDataDir(config.dataDir, localUrl(config));
  stack.defer(() => claim.release());
  const [stores] = await Promise.all([openStores(config), buildSite(config.root)]);
  stack.defer(() => stores.close());
  stack.defer(watchSite(config.root));
  const secrets = await keepSecrets(config.dataDir, config);
  const { NEON_FETCH_ENDPOINT, ...storeSecrets } = stores.vars;
  const workerSecrets = {
    ...storeSecrets,
    AUTH_SECRET: secrets.authSecret,
    SERVICE_KEY: secrets.serviceKey,
  };
  const child = runWrangler({
    config,
    secretsFile: await writeSecrets(config, workerSecrets),
    secrets: workerSecrets,
    vars: { ...config.settings, NEON_FETCH_ENDPOINT },
  });
  onStopSignal(() => child.kill("SIGTERM"));
  await once(child, "close");
}

/** A file and not the command line: that shows in every list of processes. */
async function writeSecrets(config: LocalConfig, secrets: Record<string, string>): Promise<string> {
  const file = join(config.dataDir, "run", "dev.env");
  const lines = Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.join(""), { mode: 0o600 });
  return file;
}

interface WranglerRun {
  config: LocalConfig;
  secretsFile: string;
  secrets: Record<string, string>;
  vars: Record<string, string>;
}

function runWrangler({ config, secretsFile, secrets, vars }: WranglerRun): ChildProcess {
  const args = [
    ["dev"],
    ["--ip", config.host],
    ["--port", String(config.port)],
    ["--persist-to", dirname(workerStorage(config))],
    ["--env-file", secretsFile],
    ...Object.entries(vars).map(([name, value]) => ["--var", `${name}:${value}`]),
  ];
  return spawn(process.execPath, [wranglerCommand(), ...args.flat()], {
    cwd: config.root,
    // Wrangler reads secrets here too, and this process's DATABASE_URL is not the Worker's.
    env: { ...wranglerEnvironment(), ...secrets, CLOUDFLARE_CF_FETCH_ENABLED: "false" },
    stdio: "inherit",
  });
}

await runCommand(dev);
