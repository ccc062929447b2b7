import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";

/** Runs the relay in workerd, with no other Worker in front of it, until it is told to end. */
const source = await readFile(join(import.meta.dirname, "worker.ts"), "utf8");
const direct = { host: "127.0.0.1", port: Number(process.env["PORT"]), serviceName: "relay" };
const compatibilityDate = "2026-10-20";
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    log: new Log(LogLevel.ERROR),
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: process.env["DATA_DIR"] ?? "",
    workers: [
      {
        name: "relay",
        compatibilityDate,
        modules: [{ type: "ESModule", path: "worker.js", contents: stripTypeScriptTypes(source) }],
        durableObjects: { RELAY: { className: "Relay", useSQLite: true } },
      },
      {
        name: "public-socket",
        compatibilityDate,
        modules: [{ type: "ESModule", path: "empty.js", contents: "export default {};" }],
        unsafeDirectSockets: [direct],
      },
    ],
  }),
);
await miniflare.ready;
console.log("Ready");
