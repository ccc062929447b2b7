import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const parts = ["src", "migrations", "package.json", "package-lock.json"];
const here = import.meta.dirname;
const harness = "test/torture/worker";

export interface ServerRoot {
  path: string;
  remove(): Promise<void>;
}

/** A copy of a checkout whose Worker stands behind the harness's own entry; `npm start` runs there as it does anywhere. */
export async function createServerRoot(checkout: string): Promise<ServerRoot> {
  const path = await mkdtemp(join(tmpdir(), "parley-torture-"));
  for (const part of parts) await cp(join(checkout, part), join(path, part), { recursive: true });
  await mkdir(join(path, "test", "torture"), { recursive: true });
  await cp(join(here, "worker"), join(path, harness), { recursive: true });
  await symlink(join(checkout, "node_modules"), join(path, "node_modules"));
  const settings = await readFile(join(checkout, "wrangler.toml"), "utf8");
  await writeFile(join(path, "wrangler.toml"), withEntry(settings));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function withEntry(settings: string): string {
  const changed = settings
    .replace(/^main = .*$/m, `main = "${harness}/main.ts"`)
    .replace(/^compatibility_flags = \[/m, 'compatibility_flags = ["unsafe_module", ');
  if (changed.split(harness).length === 2 && changed.includes("unsafe_module")) return changed;
  throw new Error("wrangler.toml has no line for the Worker's entry or its flags");
}
