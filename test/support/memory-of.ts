import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestServer } from "./server.ts";

/** The memory that the server's workerd holds now, MiB; always 0 where the system does not tell. */
export async function workerMemory({ dataDir }: TestServer): Promise<number> {
  const id = (await readFile(join(dataDir, "run", "workerd.pid"), "utf8")).trim();
  const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  return Number(kibibytes ?? 0) / 1024;
}
