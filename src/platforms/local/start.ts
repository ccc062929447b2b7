import { loadConfig, localUrl } from "../machine/config.ts";
import type { LocalConfig } from "../machine/config.ts";
import { claimDataDir, keepSecrets } from "../machine/data-dir.ts";
import { runCommand } from "../machine/operator-error.ts";
import { checkPort } from "../machine/port.ts";
import { runUntilStopped } from "../machine/run-until-stopped.ts";
import { openStores } from "./stores.ts";
import { ensureBuilt } from "./worker-bundle.ts";
import { startWorker } from "./worker-runtime.ts";

export async function startLocal(config: LocalConfig, stack: AsyncDisposableStack): Promise<void> {
  await checkPort(config.host, config.port);
  const claim = await claimDataDir(config.dataDir, localUrl(config));
  stack.defer(() => claim.release());
  const secrets = await keepSecrets(config.dataDir, config);
  const building = ensureBuilt(config.root);
  const [stores] = await Promise.all([openStores(config), building]);
  stack.defer(() => stores.close());
  const worker = await startWorker(config, {
    ...config.settings,
    ...stores.vars,
    AUTH_SECRET: secrets.authSecret,
    SERVICE_KEY: secrets.serviceKey,
  });
  stack.defer(() => worker.close());
}

if (import.meta.main) await runCommand(() => runUntilStopped(loadConfig, startLocal));
