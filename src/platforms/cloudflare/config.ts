import type { Config } from "../../ports/config.ts";
import { parseLimits } from "../../protocol/limits.ts";

/** Secrets shorter than this can be guessed. */
const leastSecret = 32;

export function readConfig(env: Env): Config {
  return {
    limits: parseLimits(env.LIMITS),
    accounts: env.ACCOUNTS === "on",
    queryToken: env.AUTH_QUERY_TOKEN !== "off",
    allowedOrigins: env.ALLOWED_ORIGINS.split(",").map((origin) => origin.trim()),
    publicUrl: env.PUBLIC_URL ?? null,
    serviceKey: env.SERVICE_KEY ? longEnough("SERVICE_KEY", env.SERVICE_KEY) : null,
    version: "0.1.0",
  };
}

export function readAuthSecret(env: Env): string {
  return longEnough("AUTH_SECRET", env.AUTH_SECRET);
}

function longEnough(name: string, secret: string | undefined): string {
  if (!secret || secret.length < leastSecret) {
    throw new Error(`${name} must be set and have at least ${leastSecret} characters`);
  }
  return secret;
}
