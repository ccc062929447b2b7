import { createHash } from "node:crypto";
import { watch } from "node:fs";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { projectRoot } from "../machine/config.ts";

const pages = join(import.meta.dirname, "site");
const firstStyles = ["theme.css", "base.css"];
const browserRooms = ["client", "demo", "protocol", "react"];
const quietMs = 100;

/** Builds the page at `/` and the files of the API documentation into dist/site. */
export async function buildSite(root: string): Promise<void> {
  const site = join(root, "dist", "site");
  await Promise.all([
    copySwagger(join(site, "docs")),
    mkdir(join(site, "assets"), { recursive: true }),
  ]);
  const [scripts, style] = await Promise.all([bundleScripts(), bundleStyle()]);
  const assets = [...scripts, style];
  await Promise.all(assets.map(({ name, text }) => writeFile(join(site, "assets", name), text)));
  const names = assets.map(({ name }) => name);
  for (const file of await readdir(pages)) {
    // oxlint-disable-next-line no-await-in-loop -- a handful of small files
    await replaceFile(
      join(site, file),
      nameAssets(await readFile(join(pages, file), "utf8"), names),
    );
  }
  const old = (await readdir(join(site, "assets"))).filter((name) => !names.includes(name));
  await Promise.all(old.map((name) => rm(join(site, "assets", name))));
}

/** Builds again whenever a file of the browser's rooms changed. Answers how to stop. */
export function watchSite(root: string): () => void {
  let timer: NodeJS.Timeout | undefined;
  const rebuild = (): void => {
    buildSite(root).catch((error: unknown) => console.error(String(error)));
  };
  const watchers = browserRooms.map((room) =>
    watch(join(projectRoot, "src", room), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(rebuild, quietMs);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** What a page needs for Parley's components, in one file: the theme, what all share, then each part. */
export async function readStyles(): Promise<string> {
  return (await listStyles("react")).join("\n");
}

interface Asset {
  name: string;
  text: string;
}

/** The names carry a hash of the contents, so that browsers may keep them for ever. */
async function bundleScripts(): Promise<Asset[]> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: { demo: join(projectRoot, "src", "demo", "main.tsx") },
    outdir: join(projectRoot, "dist", "site", "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    legalComments: "none",
    logLevel: "error",
  });
  return outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
}

async function bundleStyle(): Promise<Asset> {
  const { transform } = await import("esbuild");
  const parts = [...(await listStyles("react")), ...(await listStyles("demo"))];
  const minified = await Promise.all(
    parts.map((part) => transform(part, { loader: "css", minify: true, target: "es2022" })),
  );
  const text = minified.map(({ code }) => code).join("");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  return { name: `demo-${hash}.css`, text };
}

async function listStyles(room: string): Promise<string[]> {
  const directory = join(projectRoot, "src", room, "styles");
  const names = (await readdir(directory)).filter((name) => name.endsWith(".css"));
  const others = names.filter((name) => !firstStyles.includes(name)).toSorted();
  const ordered = [...firstStyles.filter((name) => names.includes(name)), ...others];
  return Promise.all(ordered.map((name) => readFile(join(directory, name), "utf8")));
}

/** `/assets/demo.js` in a page stands for the file of that name with its hash. */
function nameAssets(text: string, names: string[]): string {
  return text.replaceAll(/\/assets\/demo(\.js|\.css)/g, (path, extension: string) => {
    const name = names.find((each) => each.startsWith("demo-") && each.endsWith(extension));
    return name === undefined ? path : `/assets/${name}`;
  });
}

/** Swapped whole, so that a server beside never reads half a page. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(dirname(path)), `${basename(path)}-${process.pid}`);
  await writeFile(draft, text);
  await rename(draft, path);
}

async function copySwagger(docs: string): Promise<void> {
  await mkdir(docs, { recursive: true });
  const require = createRequire(import.meta.url);
  const swagger = dirname(require.resolve("swagger-ui-dist/package.json"));
  for (const file of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
    // oxlint-disable-next-line no-await-in-loop -- two files
    await copyFile(join(swagger, file), join(docs, file));
  }
}
