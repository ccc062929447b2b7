import type { Config } from "../../ports/config.ts";
import { parseLimits } from "../../protocol/limits.ts";
import { OperatorError } from "../machine/operator-error.ts";

/** As wrangler.toml has it. */
const localOrigins = "http://localhost:*,http://127.0.0.1:*,http://[::1]:*";

/** What the environment says, checked when the server started. */
export function readConfig(settings: Record<string, string>, serviceKey: string): Config {
  return {
    limits: parseLimits(settings["LIMITS"]),
    accounts: settings["ACCOUNTS"] === "on",
    queryToken: settings["AUTH_QUERY_TOKEN"] !== "off",
    allowedOrigins: (settings["ALLOWED_ORIGINS"] ?? localOrigins)
      .split(",")
      .map((origin) => origin.trim()),
    publicUrl: settings["PUBLIC_URL"] ?? null,
    serviceKey,
    version: "0.1.0",
  };
}

export interface BucketConfig {
  bucket: string;
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Where files go instead of the data directory; null unless S3_BUCKET is set. */
export function readBucket(env: Record<string, string | undefined>): BucketConfig | null {
  const bucket = env["S3_BUCKET"];
  if (!bucket) return null;
  const required = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw new OperatorError(`S3_BUCKET is set, so ${name} must be set too`);
  };
  const endpoint = required("S3_ENDPOINT");
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new OperatorError(
      "S3_ENDPOINT must be an address like https://s3.eu-west-1.amazonaws.com",
    );
  }
  return {
    bucket,
    endpoint,
    region: env["S3_REGION"] || "auto",
    accessKeyId: required("S3_ACCESS_KEY_ID"),
    secretAccessKey: required("S3_SECRET_ACCESS_KEY"),
  };
}

const shared = ["DATABASE_URL", "REDIS_URL", "AUTH_SECRET", "SERVICE_KEY", "S3_BUCKET"];

/** Whether other processes serve the same users; they must then have the same of everything. */
export function readCluster(env: Record<string, string | undefined>): boolean {
  const value = env["CLUSTER"] || "off";
  if (value !== "on" && value !== "off") {
    throw new OperatorError(`CLUSTER must be on or off, not "${value}"`);
  }
  const missing = shared.filter((name) => !env[name]);
  if (value === "on" && missing.length > 0) {
    throw new OperatorError(`CLUSTER is on, so ${missing.join(", ")} must be set too`);
  }
  return value === "on";
}
