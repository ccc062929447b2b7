import { loadConfig } from "./config.ts";
import { runCommand } from "./operator-error.ts";
import { build } from "./worker-bundle.ts";

await runCommand(async () => {
  const size = await build(loadConfig().root);
  console.log(`Built dist/worker and dist/site. ${size}`);
});
