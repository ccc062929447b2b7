import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildPackage } from "../../src/platforms/local/browser-package.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const linked = [
  "@types/react",
  "@types/react-dom",
  "eventsource-parser",
  "idb",
  "react",
  "react-dom",
  "virtua",
];

/** The package of the browser's rooms as npm would publish it. */
export interface PackedPackage {
  tarball: Uint8Array<ArrayBuffer>;
  /** What the tarball holds, unpacked. */
  directory: string;
  /** A site outside of this checkout that has installed it. */
  site: string;
  dispose(): Promise<void>;
}

export async function packPackage(): Promise<PackedPackage> {
  const base = await mkdtemp(join(tmpdir(), "parley-site-"));
  const built = join(base, "built");
  const site = join(base, "site");
  const modules = join(site, "node_modules");
  await buildPackage(built);
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", base], {
    cwd: built,
    shell: process.platform === "win32",
  });
  const name = /"filename": "([^"]+)"/.exec(stdout)?.[1] ?? "";
  await mkdir(join(modules, "@types"), { recursive: true });
  await run("tar", ["-xzf", join(base, name), "-C", modules]);
  await rename(join(modules, "package"), join(modules, "parley"));
  const links = linked.map((each) =>
    symlink(join(root, "node_modules", each), join(modules, each)),
  );
  await Promise.all(links);
  await writeFile(join(site, "package.json"), JSON.stringify({ name: "site", type: "module" }));
  return {
    tarball: new Uint8Array(await readFile(join(base, name))),
    directory: join(modules, "parley"),
    site,
    dispose: () => rm(base, { recursive: true, force: true }),
  };
}
