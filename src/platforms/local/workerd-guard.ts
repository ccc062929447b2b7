import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const runtime = { host: "miniflare", name: "workerd" };

export interface WorkerdGuard {
  release(): void;
}

/**
 * workerd outlives a killed parent and keeps the port, so a shell waits on a pipe that ends with this
 * process and then kills it. Call before Miniflare starts: it sets which workerd is started.
 */
export async function guardWorkerd(dataDir: string): Promise<WorkerdGuard> {
  if (process.platform === "win32") return { release: () => undefined };
  const directory = join(dataDir, "run");
  const pidFile = join(directory, "workerd.pid");
  const starter = join(directory, "workerd.sh");
  await mkdir(directory, { recursive: true });
  await writeFile(starter, starterScript(workerdPath(), pidFile), { mode: 0o755 });
  process.env["MINIFLARE_WORKERD_PATH"] = starter;

  const watcher = spawn("/bin/sh", ["-c", 'read _ || kill -9 "$(cat "$0")"', pidFile], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.unref();
  watcher.stdin.on("error", () => undefined);
  return { release: () => watcher.stdin.end("stopped\n") };
}

/** exec keeps the process id. Ctrl-C reaches the whole group: only the parent may act on it. */
function starterScript(workerd: string, pidFile: string): string {
  return `#!/bin/sh\ntrap '' INT TERM HUP\necho $$ > ${quote(pidFile)}\nexec ${quote(workerd)} "$@"\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function workerdPath(): string {
  // Miniflare's own copy: another version could not read its configuration.
  const requireAsMiniflare = createRequire(createRequire(import.meta.url).resolve(runtime.host));
  const workerd: unknown = requireAsMiniflare(runtime.name);
  if (typeof workerd === "object" && workerd !== null && "default" in workerd) {
    return String(workerd.default);
  }
  return String(workerd);
}
