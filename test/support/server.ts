import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "./free-port.ts";
import { listProcesses } from "./processes.ts";
import { createEmptyDatabase, realPostgresUrl } from "./real-services.ts";
import type { TestDatabase } from "./real-services.ts";

const root = resolve(import.meta.dirname, "../..");
const startLimitMs = 110_000;
const stopLimitMs = 15_000;

/** The same journeys run on every platform; a server's own settings may name another. */
function startScript({ PARLEY_PLATFORM: platform = process.env["PARLEY_PLATFORM"] }: Environment) {
  return platform === "bun" ? "start:bun" : "start";
}

type Environment = Record<string, string | undefined>;

/** `npm start` in a process of its own, with a port and a data directory of its own. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Of the process that was started, which leads its group. */
  readonly processId: number;
  readonly dataDir: string;
  readonly authSecret: string;
  readonly serviceKey: string;
  /** The environment of its process, for other commands beside it. */
  readonly env: NodeJS.ProcessEnv;
  /** The secrets that it made for itself where none were given. */
  keptSecrets(): Promise<Pick<TestServer, "authSecret" | "serviceKey">>;
  /** What it has printed since its last start. */
  output(): string;
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to end, makes sure that nothing of it is left, and answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Kills its whole process group as a power cut would, and makes sure that nothing of it is left. */
  killHard(): Promise<void>;
  /** Starts it again where it was, after it was stopped or killed. */
  restart(): Promise<void>;
  /** Stops it if it runs, and removes its data. */
  dispose(): Promise<void>;
}

/**
 * Starts the script of `npm start` and waits until it is ready; `undefined` in `env` unsets a variable. `checkout`:
 * where it is run, this one unless given. Where a PostgreSQL runs it gets a database there, which starts in half the
 * time of the embedded one; `embedded` asks for that.
 */
export async function startServer(env: Environment = {}, checkout = root): Promise<TestServer> {
  const port = await findFreePort();
  const dataDir = await mkdtemp(join(tmpdir(), "parley-journey-"));
  const authSecret = randomBytes(32).toString("hex");
  const serviceKey = randomBytes(32).toString("hex");
  const database = await openDatabase(env);
  const environment = createEnvironment({
    DATABASE_URL: database?.url ?? "",
    AUTH_SECRET: authSecret,
    SERVICE_KEY: serviceKey,
    ...env,
    PORT: String(port),
    DATA_DIR: dataDir,
  });
  let run = launch(environment, checkout);
  try {
    await run.waitForOutput(readyLine(port));
  } catch (error) {
    if (run.isRunning()) await end("SIGKILL");
    await forget();
    throw error;
  }

  async function forget(): Promise<void> {
    await Promise.all([rm(dataDir, { recursive: true, force: true }), database?.drop()]);
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const group = run.child.pid ?? 0;
    if (signal === "SIGKILL") process.kill(-group, signal);
    else run.child.kill(signal);
    const code = await run.exited;
    await expectNothingLeft({ group, dataDir, port });
    return code;
  }

  return {
    url: `http://localhost:${port}`,
    port,
    get processId() {
      return run.child.pid ?? 0;
    },
    dataDir,
    authSecret,
    serviceKey,
    env: environment,
    async keptSecrets() {
      const text = await readFile(join(dataDir, "secrets.json"), "utf8");
      return JSON.parse(text) as Pick<TestServer, "authSecret" | "serviceKey">;
    },
    output: () => run.output(),
    waitForOutput: (pattern) => run.waitForOutput(pattern),
    stop: (signal = "SIGTERM") => end(signal),
    async killHard() {
      await end("SIGKILL");
    },
    async restart() {
      run = launch(environment, checkout);
      await run.waitForOutput(readyLine(port));
      await useFreshConnections(`http://localhost:${port}`);
    },
    async dispose() {
      if (run.isRunning()) await end("SIGTERM");
      await forget();
    },
  };
}

/** The client may still keep one to the server that was stopped, and learns only from a request that it is dead. */
async function useFreshConnections(url: string): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one connection after the other
    const answer = await fetch(`${url}/health`).catch(() => null);
    // oxlint-disable-next-line no-await-in-loop -- the connection is kept only once it was read
    if (answer) return void (await answer.text());
  }
}

/** For tests of what `npm start` does by itself. */
export const embedded: Environment = { DATABASE_URL: "" };

async function openDatabase(env: Environment): Promise<TestDatabase | null> {
  if ("DATABASE_URL" in env || (await realPostgresUrl()) === null) return null;
  return createEmptyDatabase();
}

function readyLine(port: number): RegExp {
  return new RegExp(`^Ready on http://localhost:${port}$`, "m");
}

/** Only what a shell has, so that neither the test runner nor a developer's own settings show. */
function createEnvironment(settings: Environment): NodeJS.ProcessEnv {
  const bin = join(root, "node_modules", ".bin");
  const base: Environment = {
    ...pick(process.env, ["HOME", "TMPDIR", "TEMP", "SystemRoot", "LANG", "COREPACK_HOME"]),
    PATH: [bin, process.env["PATH"]].join(delimiter),
    DATABASE_URL: "",
    REDIS_URL: "",
    ...settings,
  };
  return Object.fromEntries(Object.entries(base).filter(([, value]) => value !== undefined));
}

function pick(env: Environment, names: string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

/** Spawns what a script of package.json says, as npm does, in a process group of its own. */
export function spawnScript(name: string, env: NodeJS.ProcessEnv, checkout = root): ChildProcess {
  const manifest: unknown = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const scripts = (manifest as { scripts: Record<string, string> }).scripts;
  return spawn(scripts[name] ?? "", {
    shell: true,
    cwd: checkout,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

interface Run {
  child: ChildProcess;
  exited: Promise<number | null>;
  isRunning(): boolean;
  output(): string;
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray>;
}

function launch(env: NodeJS.ProcessEnv, checkout: string): Run {
  const child = spawnScript(startScript(env), env, checkout);
  let output = "";
  let isRunning = true;
  const watchers = new Set<() => void>();
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const watch of watchers) watch();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      isRunning = false;
      for (const watch of watchers) watch();
      resolve(code);
    });
  });

  return {
    child,
    exited,
    isRunning: () => isRunning,
    output: () => output,
    waitForOutput(pattern) {
      return new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          finish();
          reject(new Error(`${why} before ${pattern}:\n${output}`));
        };
        const timer = setTimeout(() => fail("Time is up"), startLimitMs);
        const watch = (): void => {
          const match = pattern.exec(output);
          if (match) {
            finish();
            resolve(match);
          } else if (!isRunning) fail("The server ended");
        };
        const finish = (): void => {
          clearTimeout(timer);
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      });
    },
  };
}

interface Remains {
  group: number;
  dataDir: string;
  port: number;
}

/** Processes end a moment after the one that was waited for; everything is looked at until it is gone. */
async function expectNothingLeft(remains: Remains): Promise<void> {
  const deadline = Date.now() + stopLimitMs;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- looks again until it is gone
    const left = await findRemains(remains);
    if (left.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Still running:\n${left.join("\n")}`);
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await sleep(25);
  }
}

async function findRemains({ group, dataDir, port }: Remains): Promise<string[]> {
  const processes = (await listProcesses())
    .filter((each) => each.group === group || each.command.includes(dataDir))
    .map(({ id, command }) => `${id} ${command}`);
  const claim = join(dataDir, "run", "workerd.pid");
  const isWorker = (await listProcesses()).some(
    ({ id }) => existsSync(claim) && id === Number(readFileSync(claim, "utf8")),
  );
  return [
    ...processes,
    ...(isWorker ? ["workerd"] : []),
    ...((await isPortFree(port)) ? [] : [`something on port ${port}`]),
  ];
}

async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port }, () => server.close(() => resolve(true)));
  });
}
