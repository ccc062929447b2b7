import { loadConfig } from "../machine/config.ts";
import { runCommand } from "../machine/operator-error.ts";
import { buildSite } from "./site-bundle.ts";
import { build } from "./worker-bundle.ts";

/** `--site`: for a server that needs no Worker. */
await runCommand(async () => {
  const { root } = loadConfig();
  if (process.argv.includes("--site")) return buildSite(root);
  const size = await build(root);
  console.log(`Built dist/worker and dist/site. ${size}`);
});
