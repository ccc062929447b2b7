import { execFile } from "node:child_process";
import { copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import type { BuildResult } from "esbuild";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packPackage } from "../support/packed.ts";
import type { PackedPackage } from "../support/packed.ts";

const limitKiB = 60;
let packed: PackedPackage;

beforeAll(async () => {
  packed = await packPackage();
}, 120_000);
afterAll(() => packed?.dispose());

/** Bundles code of a site that has installed the package. */
function bundle(code: string, external: string[] = []) {
  return build({
    stdin: { contents: code, resolveDir: packed.site, loader: "tsx" },
    absWorkingDir: packed.site,
    outdir: join(packed.site, "out"),
    external,
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
}

function sizeKiB({ outputFiles }: BuildResult<{ write: false }>): number {
  const sizes = outputFiles.map(({ contents }) => gzipSync(contents).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

describe("the package", () => {
  test("has nothing that publint would say", async () => {
    const { messages } = await publint({ pkgDir: packed.directory, strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  test("has types that every way to resolve modules finds", async () => {
    const result = await checkPackage(createPackageFromTarballData(packed.tarball), {
      excludeEntrypoints: ["./react/styles.css"],
    });
    if (!result.types) throw new Error("The package has no types");
    const modern = ["node16-esm", "bundler"];
    const relevant = result.problems.filter(
      (problem) => !("resolutionKind" in problem) || modern.includes(problem.resolutionKind),
    );
    expect(relevant).toEqual([]);
    expect(Object.keys(result.entrypoints)).toEqual(
      expect.arrayContaining(["./client", "./react", "./react/ChatButton"]),
    );
  });

  test("holds the browser's rooms and nothing of the server", async () => {
    const names = await readdir(packed.directory);
    expect(names.toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "client",
      "package.json",
      "protocol",
      "react",
      "styles.css",
      "styles.d.ts",
    ]);
    const files = await readdir(packed.directory, { recursive: true, withFileTypes: true });
    const sources = files.filter((file) => /\.(js|ts)$/.test(file.name));
    expect(sources.length).toBeGreaterThan(20);
    for (const { parentPath, name } of sources) {
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      const text = await readFile(join(parentPath, name), "utf8");
      expect(text).not.toMatch(/from "(zod|hono|@hono|node:|drizzle)/);
      expect(text).not.toMatch(/from "\.[^"]*\.tsx?"/);
    }
  });

  test("brings no React to a page that only takes the client", async () => {
    const { metafile } = await bundle(
      `import { createChatClient } from "parley/client"; console.log(createChatClient);`,
    );
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => /\/(react|react-dom|scheduler|virtua)\//.test(path))).toEqual(
      [],
    );
    expect(inputs.some((path) => path.includes("/parley/client/"))).toBe(true);
  });

  test(`is smaller than ${limitKiB} KiB without React`, async () => {
    const react = ["react", "react/*", "react-dom", "react-dom/*"];
    const both = `export * from "parley/client"; export * from "parley/react";`;
    const sizes = {
      "client and react": sizeKiB(await bundle(both, react)),
      client: sizeKiB(await bundle(`export * from "parley/client";`)),
      ChatButton: sizeKiB(
        await bundle(`export { default } from "parley/react/ChatButton";`, react),
      ),
    };
    for (const [name, size] of Object.entries(sizes)) {
      console.log(`${name}: ${size.toFixed(1)} KiB gzipped`);
    }
    expect(sizes["client and react"]).toBeLessThan(limitKiB);
  });

  test.each(["bundler", "node16"])(
    "compiles strictly in a site that resolves by %s",
    async (moduleResolution) => {
      const page = resolve(import.meta.dirname, "../browser/host-page/main.tsx");
      await copyFile(page, join(packed.site, "main.tsx"));
      const compilerOptions = {
        strict: true,
        noEmit: true,
        module: moduleResolution === "bundler" ? "esnext" : "node16",
        moduleResolution,
        target: "es2022",
        lib: ["es2022", "dom"],
        jsx: "react-jsx",
        types: [],
      };
      const config = JSON.stringify({ compilerOptions, files: ["main.tsx"] });
      await writeFile(join(packed.site, "tsconfig.json"), config);
      const require = createRequire(import.meta.url);
      const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
      const run = promisify(execFile)(process.execPath, [compiler, "-p", packed.site]);
      const output = await run.then(
        () => "",
        (error: unknown) => (error as { stdout: string }).stdout,
      );
      expect(output).toBe("");
    },
  );
});
