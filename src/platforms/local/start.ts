import { loadConfig, localUrl } from "./config.ts";
import type { LocalConfig } from "./config.ts";
import { claimDataDir, keepSecrets } from "./data-dir.ts";
import { describeDemoPeople, signUpDemoPeople } from "./demo-people.ts";
import { runCommand } from "./operator-error.ts";
import { checkPort } from "./port.ts";
import { onStopSignal } from "./stop-signals.ts";
import { openStores } from "./stores.ts";
import { ensureBuilt } from "./worker-bundle.ts";
import { startWorker } from "./worker-runtime.ts";

/** Starts everything; disposing the stack stops it, last opened first. */
export async function startLocal(config: LocalConfig, stack: AsyncDisposableStack): Promise<void> {
  await checkPort(config.host, config.port);
  const claim = await claimDataDir(config.dataDir, localUrl(config));
  stack.defer(() => claim.release());
  const secrets = await keepSecrets(config.dataDir, config);
  const building = ensureBuilt(config.root);
  const [stores] = await Promise.all([openStores(config), building]);
  stack.defer(() => stores.close());
  const worker = await startWorker(config, {
    ...config.workerVars,
    ...stores.vars,
    AUTH_SECRET: secrets.authSecret,
    SERVICE_KEY: secrets.serviceKey,
  });
  stack.defer(() => worker.close());
}

async function start(): Promise<void> {
  const stack = new AsyncDisposableStack();
  onStopSignal(() => {
    void stack.disposeAsync().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  const config = loadConfig();
  try {
    await startLocal(config, stack);
  } catch (error) {
    // Told to stop halfway, what was still starting fails, and that is no news.
    if (stack.disposed) return;
    await stack.disposeAsync();
    throw error;
  }
  const demo = await introduceDemoPeople(config);
  if (!stack.disposed) console.log(`Ready on ${localUrl(config)}${demo}`);
}

async function introduceDemoPeople(config: LocalConfig): Promise<string> {
  if (!config.demo || config.workerVars["ACCOUNTS"] !== "on") return "";
  const url = localUrl(config);
  try {
    return `\n\n${describeDemoPeople(url, await signUpDemoPeople(url))}`;
  } catch (error) {
    return `\nNo demo people: ${error instanceof Error ? error.message : String(error)}`;
  }
}

if (import.meta.main) await runCommand(start);
