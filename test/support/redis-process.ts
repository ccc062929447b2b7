import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { findFreePort } from "./free-port.ts";

/** A redis-server of the test's own, on a port that stays the same through every restart. */
export interface RedisProcess {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it; what was not saved is lost. */
  kill(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Writes all it knows to a file, which the next start reads. */
  save(): Promise<void>;
  flush(): Promise<void>;
  /** How often the command was called since the start. */
  calls(command: string): Promise<number>;
  /** Whether anybody but the test is connected. */
  isUsed(): Promise<boolean>;
  dispose(): Promise<void>;
}

/** False where no redis-server is installed; in CI a missing one is an error. */
export function hasRedisServer(): boolean {
  const isInstalled = spawnSync("redis-server", ["--version"]).status === 0;
  if (isInstalled || !process.env["CI"]) return isInstalled;
  throw new Error("In CI redis-server must be installed.");
}

export async function createRedisProcess(): Promise<RedisProcess> {
  const directory = await mkdtemp(join(tmpdir(), "parley-redis-"));
  const port = await findFreePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;

  async function ask(...command: string[]): Promise<string> {
    const client = createClient({ url });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return JSON.stringify(await client.sendCommand(command));
    } finally {
      client.destroy();
    }
  }

  async function kill(): Promise<void> {
    if (!child) return;
    const ending = child;
    child = null;
    // A signal to the whole group may have ended it before.
    if (ending.exitCode !== null || ending.signalCode !== null) return;
    const closed = once(ending, "close");
    ending.kill("SIGKILL");
    await closed;
  }

  const redis: RedisProcess = {
    url,
    async start() {
      child = await launch(["--port", String(port), "--bind", "127.0.0.1", "--dir", directory]);
    },
    kill,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    async save() {
      await ask("SAVE");
      await copyFile(join(directory, "dump.rdb"), join(directory, "saved.rdb"));
    },
    async flush() {
      await ask("FLUSHALL");
    },
    async calls(command) {
      const stats = await ask("INFO", "commandstats");
      return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    },
    async isUsed() {
      const clients = await ask("INFO", "clients");
      return Number(/connected_clients:(\d+)/.exec(clients)?.[1] ?? 0) > 1;
    },
    async dispose() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

/** It saves only when told to. */
async function launch(args: string[]): Promise<ChildProcess> {
  const child = spawn("redis-server", [...args, "--save", "", "--appendonly", "no"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("Ready to accept connections")) break;
  }
  return child;
}
