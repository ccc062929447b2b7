import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A program of the benchmark's own in a process of its own, which says when it is ready. */
export async function startChild(
  main: string,
  env: NodeJS.ProcessEnv,
  stack: AsyncDisposableStack,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  stack.defer(() => end(child));
  for await (const chunk of child.stdout ?? []) {
    if (String(chunk).includes("Ready")) return child;
  }
  throw new Error(`${main} did not start`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = once(child, "exit");
  child.kill("SIGTERM");
  await closed;
}
