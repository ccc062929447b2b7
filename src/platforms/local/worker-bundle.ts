import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { OperatorError } from "../machine/operator-error.ts";
import { buildSite } from "./site-bundle.ts";

const inputs = ["src", "wrangler.toml", "package.json", "package-lock.json"];

/** Builds the Worker and the site unless they are built from the files as they are now. */
export async function ensureBuilt(root: string): Promise<void> {
  const stamp = await fingerprint(root);
  const kept = await readFile(stampFile(root), "utf8").catch(() => "");
  const complete = existsSync(join(root, "dist", "site", "index.html"));
  if (kept !== stamp || !complete) await build(root);
}

/** Builds into dist/worker what `wrangler deploy` would upload, and dist/site; answers its size. */
export async function build(root: string): Promise<string> {
  const stamp = await fingerprint(root);
  // The Worker's build refuses to begin without it.
  await mkdir(join(root, "dist", "site"), { recursive: true });
  const outdir = join(root, "dist", `worker-${process.pid}`);
  try {
    const [output] = await Promise.all([
      wrangler(root, ["deploy", "--dry-run", "--outdir", outdir]),
      buildSite(root),
    ]);
    await replaceFiles(outdir, join(root, "dist", "worker"));
    await writeFile(stampFile(root), stamp);
    return /Total Upload: .*/.exec(output)?.[0] ?? "";
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

export interface BundledModule {
  type: "ESModule" | "CompiledWasm" | "Text" | "Data";
  path: string;
  contents: string | Uint8Array;
}

const moduleTypes: Record<string, BundledModule["type"]> = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".wasm": "CompiledWasm",
  ".txt": "Text",
  ".html": "Text",
  ".sql": "Text",
  ".bin": "Data",
};

export async function readBundle(root: string): Promise<BundledModule[]> {
  const directory = join(root, "dist", "worker");
  const modules: BundledModule[] = [];
  for (const path of await readdir(directory)) {
    const type = moduleTypes[extname(path)];
    if (type === undefined) continue;
    const contents = await readFile(join(directory, path));
    modules.push({
      type,
      path,
      contents: type === "ESModule" || type === "Text" ? contents.toString() : contents,
    });
  }
  return modules;
}

/** Each file is swapped whole, so that a server starting beside never reads half a bundle. */
async function replaceFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const files = await readdir(from);
  for (const file of files) await rename(join(from, file), join(to, file));
  const old = (await readdir(to)).filter((file) => !files.includes(file));
  for (const file of old) await rm(join(to, file), { recursive: true });
}

export function wranglerCommand(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("wrangler/package.json")), "bin", "wrangler.js");
}

export function wranglerEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
}

async function wrangler(root: string, args: string[]): Promise<string> {
  const child = spawn(process.execPath, [wranglerCommand(), ...args], {
    cwd: root,
    // The size is read from its output, whatever the caller wants to see.
    env: { ...wranglerEnvironment(), WRANGLER_LOG: "log" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): boolean => child.kill();
  process.once("exit", kill);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.off("exit", kill);
  if (code === 0) return output;
  console.error(output.trim());
  throw new OperatorError("The Worker does not build; see above");
}

function stampFile(root: string): string {
  return join(root, "dist", "worker", ".inputs");
}

async function fingerprint(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const input of inputs) {
    const path = join(root, input);
    if (existsSync(path)) for (const file of await listFiles(path)) hash.update(await line(file));
  }
  return hash.digest("hex");
}

async function listFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function line(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${file} ${size} ${mtimeMs}\n`;
}
