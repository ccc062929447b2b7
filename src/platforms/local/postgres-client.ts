import { Client } from "pg";
import { OperatorError } from "../machine/operator-error.ts";

const connectTimeout = 5_000;
const lockTimeout = 30_000;

/** One session outside any pool; throws an OperatorError when Postgres cannot be reached. */
export async function connectPostgres(url: string): Promise<Client> {
  const client = new Client({
    connectionString: directUrl(url),
    connectionTimeoutMillis: connectTimeout,
    lock_timeout: lockTimeout,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new OperatorError(unreachable(url, error));
  }
}

/** A session's lock means nothing behind Neon's pooler; its direct host has the same name without it. */
function directUrl(url: string): string {
  const direct = new URL(url);
  direct.hostname = direct.hostname.replace(/^([^.]+)-pooler\./, "$1.");
  return direct.href;
}

/** Names the place and the reason, never the user or the password. */
function unreachable(url: string, error: unknown): string {
  const { hostname, port } = new URL(url);
  const place = `${hostname}:${port === "" ? "5432" : port}`;
  const { code, message } = errorReason(error);
  const refusedByServer = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && code !== "EPIPE";
  return refusedByServer
    ? `Postgres at ${place} refused the connection (${message}); check DATABASE_URL`
    : `Cannot reach Postgres at ${place} (${code ?? message}); check DATABASE_URL`;
}

export function errorReason(error: unknown): { code: string | undefined; message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { code, message: error.message };
}
