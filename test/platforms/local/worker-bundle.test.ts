import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, ensureBuilt, readBundle } from "../../../src/platforms/local/worker-bundle.ts";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-bundle-"));
  await mkdir(join(root, "src"));
  await writeFile(
    join(root, "wrangler.toml"),
    `name = "parley"\nmain = "src/worker.ts"\ncompatibility_date = "2026-10-20"\n`,
  );
  await writeWorker("first");
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe("the bundle", () => {
  test("is what wrangler would upload, with the site beside it", async () => {
    expect(await build(root)).toMatch(/^Total Upload: .* gzip: [\d.]+ KiB$/);
    const modules = await readBundle(root);
    expect(modules.map(({ type, path }) => `${type} ${path}`)).toEqual(["ESModule worker.js"]);
    expect(String(modules[0]?.contents)).toContain("first");
    const site = join(root, "dist", "site");
    const page = await readFile(join(site, "index.html"), "utf8");
    expect(page).not.toMatch(/<script>|<style|style=|https?:/);
    const assets = [...page.matchAll(/"\/assets\/(demo-[A-Z0-9]{8}\.(?:js|css))"/g)];
    expect(await readdir(join(site, "assets"))).toEqual(
      expect.arrayContaining(assets.map(([, name]) => name)),
    );
    expect(assets).toHaveLength(2);
    expect(await readdir(site)).toEqual(["_headers", "assets", "docs", "index.html", "logo.svg"]);
    expect(await readdir(join(site, "docs"))).toEqual(["swagger-ui-bundle.js", "swagger-ui.css"]);
    expect(await readdir(join(root, "dist"))).toEqual(["site", "worker"]);
  });

  test("is built again only after a change", async () => {
    await ensureBuilt(root);
    const built = await builtAt();
    await ensureBuilt(root);
    expect(await builtAt()).toBe(built);
    await writeWorker("second");
    await ensureBuilt(root);
    expect(String((await readBundle(root))[0]?.contents)).toContain("second");
    await rm(join(root, "dist", "site"), { recursive: true });
    await ensureBuilt(root);
    expect(await readdir(join(root, "dist", "site"))).toContain("index.html");
  });

  test("that does not build stops with one line", async () => {
    await writeFile(join(root, "src", "worker.ts"), "export default {");
    await expect(build(root)).rejects.toThrow("The Worker does not build; see above");
  });
});

function writeWorker(text: string): Promise<void> {
  const code = `export default { fetch: () => new Response("${text}") };\n`;
  return writeFile(join(root, "src", "worker.ts"), code);
}

async function builtAt(): Promise<number> {
  return (await stat(join(root, "dist", "worker", "worker.js"))).mtimeMs;
}
