import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { findFreePort } from "./free-port.ts";

/** A PostgreSQL server of the test's own, on a port that stays the same through every restart. */
export interface PostgresProcess {
  /** Of its one database, whose name no other server knows. */
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL to the server and each of its backends, as a power cut would, but for what the system still writes. */
  kill(): Promise<void>;
  /** What it has logged since its first start. */
  log(): string;
  dispose(): Promise<void>;
}

interface Program {
  initdb: string;
  postgres: string;
  /** Whose the server is; PostgreSQL refuses to run as root. */
  user: { uid: number; gid: number } | null;
}

const startLimitMs = 60_000;

/** Null where no PostgreSQL server is installed, or nobody but root is there to run it. */
export function findPostgresProgram(): Program | null {
  const bin = placesOfPrograms().find(
    (place) => spawnSync(join(place, "initdb"), ["--version"]).status === 0,
  );
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? findUser("postgres") : null;
  if (bin === undefined || (isRoot && user === null)) return null;
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), user };
}

/** Debian keeps them out of PATH. */
function placesOfPrograms(): string[] {
  const said = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).toSorted().toReversed() : [];
  return [
    ...(said.status === 0 ? [said.stdout.trim()] : []),
    ...versions.map((version) => join(debian, version, "bin")),
    "",
  ];
}

function findUser(name: string): Program["user"] {
  const [uid, gid] = ["-u", "-g"].map((flag) => {
    const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
    return status === 0 ? Number(stdout) : 0;
  });
  return uid && gid ? { uid, gid } : null;
}

export async function createPostgresProcess(program: Program): Promise<PostgresProcess> {
  const directory = await mkdtemp(join(tmpdir(), "parley-postgres-"));
  const { initdb, postgres, user } = program;
  if (user) await chown(directory, user.uid, user.gid);
  const as = { ...user, cwd: directory };
  const data = join(directory, "data");
  const made = spawnSync(
    initdb,
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"],
    { ...as, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await findFreePort();
  const name = `parley_test_${randomBytes(8).toString("hex")}`;
  const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const args = ["-D", data, "-p", String(port), "-k", "", "-c", "listen_addresses=127.0.0.1"];
  let child: ChildProcess | null = null;
  let log = "";

  async function kill(): Promise<void> {
    if (!child) return;
    const ending = child;
    child = null;
    if (ending.exitCode !== null || ending.signalCode !== null) return;
    const closed = once(ending, "close");
    const backends = childrenOf(ending.pid ?? 0);
    for (const id of [ending.pid ?? 0, ...backends]) signal(id);
    await closed;
  }

  const server: PostgresProcess = {
    url: urlOf(name),
    async start() {
      child = spawn(postgres, args, { ...as, stdio: ["ignore", "ignore", "pipe"] });
      child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
      await untilItAnswers(urlOf("postgres"), () => log);
    },
    kill,
    log: () => log,
    async dispose() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  const client = new Client({ connectionString: urlOf("postgres") });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return server;
}

function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [id = 0, of] = line.trim().split(/\s+/).map(Number);
    return of === parent ? [id] : [];
  });
}

/** It may have ended already. */
function signal(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // Then there is nothing to end.
  }
}

async function untilItAnswers(url: string, log: () => string): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw new Error(log(), { cause: error });
      await pause(50);
    }
  }
}
