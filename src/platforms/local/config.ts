import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadEnvFile } from "node:process";
import { OperatorError } from "./operator-error.ts";

export interface LocalConfig {
  /** The checkout: wrangler.toml, migrations and dist are found under it. */
  root: string;
  host: string;
  port: number;
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  demo: boolean;
  authSecret: string | undefined;
  serviceKey: string | undefined;
  /** Settings handed to the Worker as they are. */
  workerVars: Record<string, string>;
}

type Environment = Record<string, string | undefined>;

const passedOn = [
  "ACCOUNTS",
  "ALLOWED_ORIGINS",
  "AUTH_AUDIENCE",
  "AUTH_ISSUER",
  "AUTH_JWKS_URL",
  "AUTH_QUERY_TOKEN",
  "AUTH_USER_CLAIM",
  "LIMITS",
  "PUBLIC_URL",
];
const protocols: Record<string, string[]> = {
  DATABASE_URL: ["postgres:", "postgresql:"],
  REDIS_URL: ["redis:", "rediss:"],
};
const shortestSecret = 32;

export const projectRoot = resolve(import.meta.dirname, "../../..");

/** Reads the environment, with `.dev.vars` behind it as in wrangler. */
export function loadConfig(): LocalConfig {
  const devVars = join(projectRoot, ".dev.vars");
  if (existsSync(devVars)) loadEnvFile(devVars);
  return readConfig(process.env);
}

export function readConfig(env: Environment): LocalConfig {
  return {
    root: projectRoot,
    host: env["HOST"] ?? "127.0.0.1",
    port: readPort(env["PORT"]),
    dataDir: resolve(projectRoot, env["DATA_DIR"] ?? ".data"),
    databaseUrl: readUrl(env, "DATABASE_URL", "postgresql://user@host/database"),
    redisUrl: readUrl(env, "REDIS_URL", "redis://host:6379/0"),
    demo: env["DEMO"] !== "off",
    authSecret: readSecret(env, "AUTH_SECRET"),
    serviceKey: readSecret(env, "SERVICE_KEY"),
    workerVars: { ACCOUNTS: "on", ...pick(env, passedOn) },
  };
}

function readPort(value: string | undefined): number {
  if (value === undefined || value === "") return 8787;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new OperatorError(`PORT must be a number from 1 to 65535, not "${value}"`);
}

function readUrl(env: Environment, name: string, example: string): string | undefined {
  const value = env[name];
  if (value === undefined || value === "") return undefined;
  if (URL.canParse(value) && protocols[name]?.includes(new URL(value).protocol)) return value;
  throw new OperatorError(`${name} must be an address like ${example}`);
}

function readSecret(env: Environment, name: string): string | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  if (value.length >= shortestSecret) return value;
  throw new OperatorError(
    `${name} must have at least ${shortestSecret} characters; unset it and one is made for you`,
  );
}

function pick(env: Environment, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
