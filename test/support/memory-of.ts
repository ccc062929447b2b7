import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestServer } from "./server.ts";

/** The memory that the process holds now that serves, MiB; always 0 where the system does not tell. */
export async function workerMemory({ dataDir, processId }: TestServer): Promise<number> {
  const claim = join(dataDir, "run", "workerd.pid");
  const id = await readFile(claim, "utf8").then(Number, () => processId);
  const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  return Number(kibibytes ?? 0) / 1024;
}
