import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadConfig } from "../machine/config.ts";
import { OperatorError, runCommand } from "../machine/operator-error.ts";
import { migrate } from "./migrate.ts";
import { build, wranglerCommand, wranglerEnvironment } from "./worker-bundle.ts";

/** Builds, migrates and deploys; with --dry-run it only builds and says how large the upload is. */
async function deploy(): Promise<void> {
  const args = process.argv.slice(2);
  const config = loadConfig();
  const dryRun = args.includes("--dry-run");
  if (!dryRun && config.databaseUrl === undefined) {
    throw new OperatorError(
      "Set DATABASE_URL to the deployment's Neon database: deploying migrates it first",
    );
  }
  console.log(`Built dist/worker and dist/site. ${await build(config.root)}`);
  if (dryRun) return;
  console.log(`Applied ${await migrate(config)} migrations`);
  const child = spawn(process.execPath, [wranglerCommand(), "deploy", ...args], {
    cwd: config.root,
    env: wranglerEnvironment(),
    stdio: "inherit",
  });
  await once(child, "close");
  process.exitCode = child.exitCode ?? 1;
}

await runCommand(deploy);
