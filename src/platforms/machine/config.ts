import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadEnvFile } from "node:process";
import { parseLimits } from "../../protocol/limits.ts";
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
  /** A reverse proxy stands in front and says in X-Forwarded-For who called. */
  trustProxy: boolean;
  authSecret: string | undefined;
  serviceKey: string | undefined;
  /** Settings of the app itself, handed on as they are. */
  settings: Record<string, string>;
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
  AUTH_JWKS_URL: ["https:", "http:"],
  DATABASE_URL: ["postgres:", "postgresql:"],
  PUBLIC_URL: ["https:", "http:"],
  REDIS_URL: ["redis:", "rediss:"],
};
const shortestSecret = 32;
const originPattern =
  /^(?!.*\*\*)[a-z][a-z0-9+.-]*:\/\/([a-z0-9_*-]+(\.[a-z0-9_*-]+)*|\[[0-9a-f:.]+\])(:(\d{1,5}|\*))?$/;

export const projectRoot = resolve(import.meta.dirname, "../../..");

/** Reads the environment, with `.dev.vars` behind it as in wrangler. */
export function loadConfig(root = projectRoot): LocalConfig {
  const devVars = join(root, ".dev.vars");
  if (existsSync(devVars)) loadEnvFile(devVars);
  return readConfig(process.env, root);
}

export function readConfig(env: Environment, root = projectRoot): LocalConfig {
  return {
    root,
    host: env["HOST"] || "127.0.0.1",
    port: readPort(env["PORT"]),
    dataDir: resolve(root, env["DATA_DIR"] || ".data"),
    databaseUrl: readUrl(env, "DATABASE_URL", "postgresql://user@host/database"),
    redisUrl: readUrl(env, "REDIS_URL", "redis://host:6379/0"),
    demo: readSwitch(env, "DEMO") ?? true,
    trustProxy: readSwitch(env, "TRUST_PROXY") ?? false,
    authSecret: readSecret(env, "AUTH_SECRET"),
    serviceKey: readSecret(env, "SERVICE_KEY"),
    settings: readSettings(env),
  };
}

/** Where this machine reaches the server. */
export function localUrl({ host, port }: Pick<LocalConfig, "host" | "port">): string {
  if (["127.0.0.1", "0.0.0.0", "::1", "::"].includes(host)) return `http://localhost:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The Worker would refuse a wrong one too, but only in an answer to each request. */
function readSettings(env: Environment): Record<string, string> {
  readSwitch(env, "ACCOUNTS");
  readSwitch(env, "AUTH_QUERY_TOKEN");
  readUrl(env, "AUTH_JWKS_URL", "https://host/.well-known/jwks.json");
  readUrl(env, "PUBLIC_URL", "https://host");
  checkOrigins(env["ALLOWED_ORIGINS"] ?? "");
  try {
    parseLimits(env["LIMITS"]);
  } catch (error) {
    throw new OperatorError(error instanceof Error ? error.message : String(error));
  }
  return { ACCOUNTS: "on", ...pick(env, passedOn) };
}

function readSwitch(env: Environment, name: string): boolean | undefined {
  const value = env[name];
  if (value === undefined || value === "") return undefined;
  if (value === "on" || value === "off") return value === "on";
  throw new OperatorError(`${name} must be on or off, not "${value}"`);
}

function checkOrigins(list: string): void {
  for (const entry of list.split(",").map((part) => part.trim())) {
    if (entry === "" || originPattern.test(entry)) continue;
    throw new OperatorError(
      `ALLOWED_ORIGINS: "${entry}" is no origin; write them like https://example.com or https://*.example.com:8443, in lower case and without a path`,
    );
  }
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
      // No origin at all is a choice; every other empty setting is as good as none.
      const isSet = value !== undefined && (value !== "" || name === "ALLOWED_ORIGINS");
      return isSet ? [[name, value] as const] : [];
    }),
  );
}
