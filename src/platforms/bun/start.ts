import { projectRoot } from "../machine/config.ts";
import { runCommand } from "../machine/operator-error.ts";
import { readAssets } from "./assets.ts";
import { runServer } from "./run-server.ts";

await runCommand(async () => runServer(projectRoot, await readAssets(projectRoot)));
