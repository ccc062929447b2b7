import { argv } from "node:process";
import { readConfig } from "../../../src/platforms/local/config.ts";
import { startWorker } from "../../../src/platforms/local/worker-runtime.ts";

// A process of its own, so that a test can kill it: node run-worker.ts ROOT PORT
const [root = "", port = ""] = argv.slice(2);
await startWorker(
  { ...readConfig({ PORT: port }), root, dataDir: `${root}/data` },
  { NAME: "given" },
);
console.log("started");
