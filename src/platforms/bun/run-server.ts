import { Database } from "bun:sqlite";
import { join } from "node:path";
import { systemClock as clock } from "../../adapters/memory/clock.ts";
import { describeFailure } from "../../usecases/describe-failure.ts";
import { loadConfig, localUrl, type LocalConfig } from "../machine/config.ts";
import { claimDataDir, keepSecrets } from "../machine/data-dir.ts";
import { checkPort } from "../machine/port.ts";
import { runUntilStopped } from "../machine/run-until-stopped.ts";
import type { Assets } from "./assets.ts";
import { openCluster } from "./cluster.ts";
import { readCluster } from "./config.ts";
import { openHubDatabase } from "./hub-database.ts";
import { createHubHouse, type HubHouse, type HubHouseOptions } from "./hub-house.ts";
import { consoleLogger } from "./logger.ts";
import { createPorts } from "./ports.ts";
import { serve } from "./server.ts";
import { createSite } from "./site.ts";
import { openStores, type OpenStores } from "./stores.ts";

const evictEveryMs = 50;
/** For requests that are under way when the server is told to stop. */
const stopMs = 3_000;

async function startServer(
  config: LocalConfig,
  assets: Assets,
  stack: AsyncDisposableStack,
): Promise<void> {
  const { dataDir } = config;
  await checkPort(config.host, config.port);
  const claim = await claimDataDir(dataDir, localUrl(config));
  stack.defer(() => claim.release());
  const secrets = await keepSecrets(dataDir, config);
  const stores = await openStores(config, assets);
  stack.defer(() => stores.close());
  const { later, settle } = createBackground();
  const house = await openHouse({ config, stores, stack }, (hubs) =>
    createPorts({ settings: config.settings, secrets, stores, hubs, later }),
  );
  stack.defer(settle);
  const evicting = setInterval(() => house.evict(), evictEveryMs);
  stack.defer(() => clearInterval(evicting));
  const server = serve({
    ...config,
    ports: house.ports,
    hubOf: house.hubOf,
    site: await createSite(assets),
  });
  stack.defer(async () => {
    void server.stop(false);
    house.close();
    await quiet(server);
    await server.stop(true);
  });
  later(house.resume());
}

/** Lets what is under way end, for a while; connections that only wait for more are nobody's loss. */
async function quiet(server: ReturnType<typeof serve>): Promise<void> {
  const deadline = clock.now() + stopMs;
  while (server.pendingRequests + server.pendingWebSockets > 0 && clock.now() < deadline) {
    await Bun.sleep(20);
  }
}

interface Opening {
  config: LocalConfig;
  stores: OpenStores;
  stack: AsyncDisposableStack;
}

/** The hubs, kept in a file of this process's own or, among others, in Redis. */
async function openHouse(
  { config, stores, stack }: Opening,
  portsWith: HubHouseOptions["portsWith"],
): Promise<HubHouse> {
  const common = { clock, log: consoleLogger };
  const { redis } = stores;
  if (!readCluster(process.env) || !redis || !config.redisUrl) {
    const keeper = openHubDatabase(new Database(join(config.dataDir, "hubs.sqlite")), clock);
    stack.defer(() => keeper.close());
    return createHubHouse({ ...common, keeper, portsWith });
  }
  const cluster = await openCluster({ ...common, url: config.redisUrl, redis });
  stack.defer(() => cluster.close());
  stack.defer(() => cluster.keeper.close());
  const house = createHubHouse({ ...common, ...cluster, portsWith });
  cluster.join(house);
  return house;
}

interface Background {
  later(work: Promise<unknown>): void;
  /** Waits for what goes on after its answer, for a while. */
  settle(): Promise<void>;
}

function createBackground(): Background {
  const works = new Set<Promise<unknown>>();
  return {
    later(work) {
      works.add(work);
      work.then(
        () => works.delete(work),
        (error: unknown) => {
          works.delete(work);
          consoleLogger.error("work.failed", describeFailure(error));
        },
      );
    },
    settle: () =>
      Promise.race([Promise.allSettled(works), Bun.sleep(stopMs)]).then(() => undefined),
  };
}

/** Runs until it is told to stop. `root`: where relative settings begin. */
export function runServer(root: string, assets: Assets): Promise<void> {
  return runUntilStopped(
    () => loadConfig(root),
    (config, stack) => startServer(config, assets, stack),
  );
}
