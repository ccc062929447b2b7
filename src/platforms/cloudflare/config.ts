import type { Config } from "../../ports/config.ts";
import { defaultLimits, type Limits } from "../../protocol/limits.ts";

/** Secrets shorter than this can be guessed. */
const leastSecret = 32;

export function readConfig(env: Env): Config {
  return {
    limits: { ...defaultLimits, ...readLimits(env.LIMITS) },
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

/** Overrides of single limits, as JSON; anything but known names with numbers is a mistake worth stopping for. */
function readLimits(text: string | undefined): Partial<Limits> {
  if (!text) return {};
  const given = JSON.parse(text) as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaultLimits) || typeof value !== "number") {
      throw new Error(`LIMITS: ${name} is not a limit, or its value is not a number`);
    }
  }
  return given;
}
