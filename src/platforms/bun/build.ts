import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { projectRoot } from "../machine/config.ts";
import { OperatorError, runCommand } from "../machine/operator-error.ts";
import { listMigrations, listSite } from "./assets.ts";

const output = join(projectRoot, "dist", "bun");

/** Builds one file that needs nothing beside it: the program, Bun, the site, the migrations and PGlite. */
async function build(): Promise<string> {
  await mkdir(output, { recursive: true });
  const entry = join(output, "entry.ts");
  await Bun.write(entry, await writeEntry());
  const outfile = join(output, "parley");
  const { success, logs } = await Bun.build({
    entrypoints: [entry],
    compile: { outfile },
    minify: true,
    throw: false,
  });
  if (!success) throw new OperatorError(`The build failed: ${logs.map(String).join("\n")}`);
  return `${outfile}, ${Math.round(Bun.file(outfile).size / 1024 / 1024)} MiB`;
}

/** The program, with every asset imported by name. */
async function writeEntry(): Promise<string> {
  const migrations = await listMigrations(projectRoot);
  const site = [...(await listSite(projectRoot))];
  if (site.length === 0) throw new OperatorError("There is no site; run npm run build first");
  const pglite = dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite"));
  const importAs = (name: string, path: string, type: "text" | "file"): string =>
    `import ${name} from ${JSON.stringify(path)} with { type: "${type}" };`;
  const listed = migrations.map(
    ({ generatedAt }, index) => `{ generatedAt: ${generatedAt}, sql: migration${index} }`,
  );
  const pages = site.map(([path], index) => `[${JSON.stringify(path)}, page${index}]`);
  return [
    `import { runCommand } from ${JSON.stringify(join(projectRoot, "src/platforms/machine/operator-error.ts"))};`,
    `import { runServer } from ${JSON.stringify(join(import.meta.dirname, "run-server.ts"))};`,
    ...migrations.map(({ path }, index) => importAs(`migration${index}`, path, "text")),
    ...site.map(([, path], index) => importAs(`page${index}`, path, "file")),
    importAs("wasm", join(pglite, "pglite.wasm"), "file"),
    importAs("initdb", join(pglite, "initdb.wasm"), "file"),
    importAs("data", join(pglite, "pglite.data"), "file"),
    "const assets = {",
    `  migrations: [${listed.join(", ")}],`,
    `  site: new Map([${pages.join(", ")}]),`,
    "  pglite: { wasm, initdb, data },",
    "};",
    "await runCommand(() => runServer(process.cwd(), assets));",
  ].join("\n");
}

await runCommand(async () => console.log(`Built ${await build()}`));
