import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLoopbackServer } from "./loopback-server.ts";
import { OperatorError } from "./operator-error.ts";
import { makePrivate } from "./private-directory.ts";

export interface Secrets {
  authSecret: string;
  serviceKey: string;
}

/** All that is ever put into a data directory. */
const ownEntries = [
  "attachments",
  "hubs.sqlite",
  "hubs.sqlite-wal",
  "postgres",
  "run",
  "running.json",
  "secrets.json",
  "worker",
];

type GivenSecrets = { [name in keyof Secrets]: string | undefined };

/** The secrets of this data directory, made at its first use. */
export async function keepSecrets(dataDir: string, given: GivenSecrets): Promise<Secrets> {
  const kept = await readSecrets(dataDir);
  const secrets = {
    authSecret: kept.authSecret ?? randomBytes(32).toString("hex"),
    serviceKey: kept.serviceKey ?? randomBytes(32).toString("hex"),
  };
  if (kept.authSecret === undefined || kept.serviceKey === undefined) {
    await writeFile(secretsFile(dataDir), `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  }
  return {
    authSecret: given.authSecret ?? secrets.authSecret,
    serviceKey: given.serviceKey ?? secrets.serviceKey,
  };
}

export async function readSecrets(dataDir: string): Promise<GivenSecrets> {
  const { authSecret, serviceKey } = await readStrings(secretsFile(dataDir));
  return { authSecret, serviceKey };
}

function secretsFile(dataDir: string): string {
  return join(dataDir, "secrets.json");
}

export interface DataDirClaim {
  release(): Promise<void>;
}

/**
 * Two processes on one embedded database destroy it. The owner answers on a loopback port; a file
 * that only named a process would lie after a crash, once the number is another process's.
 */
export async function claimDataDir(dataDir: string, url = ""): Promise<DataDirClaim> {
  const file = claimFile(dataDir);
  if (await isAnswering(await readStrings(file))) {
    throw new OperatorError(
      `${dataDir} is in use by a running Parley; stop that one or set DATA_DIR`,
    );
  }
  await unlessUnusable(dataDir, makePrivate(dataDir, ownEntries));
  const id = randomBytes(16).toString("hex");
  const server = await createLoopbackServer(async () => ({ status: 200, json: `"${id}"` }));
  const claim = JSON.stringify({ id, port: String(server.port), url });
  await unlessUnusable(dataDir, writeFile(file, claim, { mode: 0o600 }));
  return {
    async release() {
      await rm(file, { force: true });
      await server.close();
    },
  };
}

/** Where the server of this data directory says it is; undefined when none runs. */
export async function findRunning(dataDir: string): Promise<string | undefined> {
  const claim = await readStrings(claimFile(dataDir));
  return (await isAnswering(claim)) ? claim["url"] || undefined : undefined;
}

function claimFile(dataDir: string): string {
  return join(dataDir, "running.json");
}

async function unlessUnusable(dataDir: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new OperatorError(
      `Cannot keep data in ${dataDir} (${reason}); set DATA_DIR to a directory that can be written`,
    );
  }
}

async function isAnswering(claim: Record<string, string>): Promise<boolean> {
  if (claim["port"] === undefined) return false;
  try {
    const answer = await fetch(`http://127.0.0.1:${claim["port"]}/`, {
      method: "POST",
      signal: AbortSignal.timeout(2_000),
    });
    return (await answer.json()) === claim["id"];
  } catch {
    return false;
  }
}

async function readStrings(file: string): Promise<Record<string, string>> {
  try {
    const json: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof json !== "object" || json === null) return {};
    const entries = Object.entries(json).filter((entry) => typeof entry[1] === "string");
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
