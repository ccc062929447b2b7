import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "./statistics.ts";

/** What the figures were measured on, and how busy it is. */
export function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()
    .map((each) => each.toFixed(2))
    .join(" ");
  const model = processors[0]?.model.trim() ?? "unknown processor";
  const sync = `${measureSync().toFixed(2)} ms a sync of ${tmpdir()}`;
  return `${processors.length} × ${model}, ${memory} GiB, ${sync}, Node ${process.version}, load average ${load}`;
}

/** Milliseconds until the disk has what is written to it, where servers keep the logs of their hubs. */
function measureSync(): number {
  const directory = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const file = openSync(join(directory, "sync"), "w");
  try {
    const times = Array.from({ length: 50 }, () => {
      writeSync(file, "x".repeat(4_096));
      const started = performance.now();
      fdatasyncSync(file);
      return performance.now() - started;
    });
    return median(times);
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true, force: true });
  }
}
