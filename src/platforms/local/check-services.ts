import { parseArgs } from "node:util";
import { loadConfig, localUrl } from "../machine/config.ts";
import type { LocalConfig } from "../machine/config.ts";
import { findRunning, readSecrets } from "../machine/data-dir.ts";
import { OperatorError, runCommand } from "../machine/operator-error.ts";
import { connectPostgres } from "./postgres-client.ts";
import { connectRedis } from "./real-redis.ts";

export interface ServiceState {
  name: string;
  ok: boolean;
  ms: number;
  detail: string;
}

const advice: Record<string, { local: string; deployed: string }> = {
  postgres: {
    local: "check DATABASE_URL, or unset it for the embedded database",
    deployed: "check the secret DATABASE_URL: npx wrangler secret put DATABASE_URL",
  },
  migrations: {
    local: "run npm run migrate",
    deployed: "run npm run migrate with its DATABASE_URL",
  },
  redis: {
    local: "check REDIS_URL, or unset it for the embedded one",
    deployed: "check the secrets UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN",
  },
  attachments: {
    local: "check that DATA_DIR can be written",
    deployed: "create the bucket: npx wrangler r2 bucket create parley-attachments",
  },
  hub: {
    local: "stop npm start and start it again",
    deployed: "check the Durable Object USER_HUB in wrangler.toml and deploy again",
  },
};

/** Prints a line for each dependency; answers whether all are well. */
async function checkServices(): Promise<boolean> {
  const { values } = parseArgs({ options: { url: { type: "string" } } });
  const config = loadConfig();
  const url = (values.url ?? (await findLocal(config))).replace(/\/$/, "");
  if (!URL.canParse(url)) throw new OperatorError(`--url must be an address, not "${url}"`);
  const local = values.url === undefined || isLocal(url);
  const answer = await ask(url, await serviceKey(config, local));
  if (answer === null) {
    console.log(describeSilence(url, values.url !== undefined));
    if (values.url === undefined) await checkStores(config);
    return false;
  }
  for (const service of answer) console.log(describeService(service, local));
  return answer.every(({ ok }) => ok);
}

/** Without --url: where the server of this data directory runs, which may be on another port. */
async function findLocal(config: LocalConfig): Promise<string> {
  const usual = localUrl(config);
  const running = (await findRunning(config.dataDir)) ?? usual;
  if (running !== usual) console.log(`${config.dataDir} is served at ${running}`);
  return running;
}

export function describeSilence(url: string, wasGiven: boolean): string {
  return `✗ Nothing answers at ${url}  → ${wasGiven ? "check --url" : "run npm start"}`;
}

export function describeService({ name, ok, ms, detail }: ServiceState, local: boolean): string {
  if (ok) return `✓ ${name.padEnd(12)}${ms} ms`;
  const what = advice[name]?.[local ? "local" : "deployed"];
  return `✗ ${name.padEnd(12)}${detail}${what === undefined ? "" : `  → ${what}`}`;
}

function isLocal(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}

async function serviceKey(config: LocalConfig, local: boolean): Promise<string> {
  const kept = local ? (await readSecrets(config.dataDir)).serviceKey : undefined;
  const key = config.serviceKey ?? kept;
  if (key !== undefined) return key;
  throw new OperatorError(
    local
      ? `No service key in ${config.dataDir}: run npm start first, or set DATA_DIR as it has`
      : "Set SERVICE_KEY to the deployment's service key",
  );
}

/** Null when nothing listens there. */
async function ask(url: string, key: string): Promise<ServiceState[] | null> {
  const response = await fetch(`${url}/health/services`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(30_000),
  }).catch(() => null);
  if (response === null) return null;
  if (response.status === 401 || response.status === 403) {
    throw new OperatorError(`${url} has another SERVICE_KEY`);
  }
  const services = toServices(await response.json().catch(() => null));
  if (services !== null) return services;
  throw new OperatorError(`${url}/health/services answered ${response.status}: is that Parley?`);
}

function toServices(body: unknown): ServiceState[] | null {
  if (typeof body !== "object" || body === null || !("services" in body)) return null;
  if (!Array.isArray(body.services)) return null;
  return body.services.map((service: Partial<ServiceState>) => ({
    name: String(service.name),
    ok: service.ok === true,
    ms: Number(service.ms),
    detail: String(service.detail),
  }));
}

/** Without a server, the stores that it would use. */
async function checkStores({ databaseUrl, redisUrl }: LocalConfig): Promise<void> {
  if (databaseUrl !== undefined) {
    await checkDirectly("postgres", async () => (await connectPostgres(databaseUrl)).end());
  }
  if (redisUrl !== undefined) {
    await checkDirectly("redis", async () => (await connectRedis(redisUrl)).close());
  }
}

async function checkDirectly(name: string, check: () => Promise<void>): Promise<void> {
  const started = performance.now();
  try {
    await check();
    console.log(`✓ ${name.padEnd(12)}${Math.round(performance.now() - started)} ms`);
  } catch (error) {
    console.log(`✗ ${name.padEnd(12)}${error instanceof Error ? error.message : String(error)}`);
  }
}

if (import.meta.main) {
  await runCommand(async () => {
    process.exitCode = (await checkServices()) ? 0 : 1;
  });
}
