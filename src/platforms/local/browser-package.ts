import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../machine/config.ts";
import { OperatorError, runCommand } from "../machine/operator-error.ts";
import { readStyles } from "./site-bundle.ts";

const entries = {
  "./client": "client/index",
  "./react": "react/index",
  "./react/ChatButton": "react/entries/chat-button",
  "./react/ChatModal": "react/entries/chat-modal",
  "./react/ChatWindow": "react/entries/chat-window",
  "./react/ConversationsList": "react/entries/conversations-list",
  "./react/Inbox": "react/entries/inbox",
};
const needed = ["eventsource-parser", "idb", "virtua"];

interface Manifest {
  name: string;
  version: string;
  license: string;
  dependencies: Record<string, string>;
}

/** Builds what a site installs: the browser's rooms as plain modules, and no line of the server. */
export async function buildPackage(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const manifest = JSON.parse(
    await readFile(join(projectRoot, "package.json"), "utf8"),
  ) as Manifest;
  await Promise.all([
    compile(directory).then(() => nameCompiledFiles(directory)),
    copyFile(join(projectRoot, "LICENSE"), join(directory, "LICENSE")),
    copyFile(join(import.meta.dirname, "package-readme.md"), join(directory, "README.md")),
    writeFile(join(directory, "styles.css"), await readStyles()),
    // TypeScript looks for the types of whatever is imported, also where there is nothing to say.
    writeFile(join(directory, "styles.d.ts"), "export {};\n"),
    writeFile(join(directory, "package.json"), `${JSON.stringify(describe(manifest), null, 2)}\n`),
  ]);
}

async function compile(directory: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const project = join(projectRoot, "src", "tsconfig.package.json");
  const args = [compiler, "--project", project, "--outDir", directory];
  try {
    await promisify(execFile)(process.execPath, args);
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new OperatorError(`The package does not compile:\n${stdout ?? String(error)}`);
  }
}

/** The compiler leaves the names of sources in declarations, and not every resolver looks beside them. */
async function nameCompiledFiles(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => name.endsWith(".d.ts")).map((name) => join(directory, name));
  const rename = async (file: string): Promise<void> => {
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replaceAll(/(["']\.{1,2}\/[^"']+)\.tsx?(?=["'])/g, "$1.js"));
  };
  await Promise.all(files.map(rename));
}

function describe({ name, version, license, dependencies }: Manifest): object {
  const modules = Object.entries(entries).map(([path, file]) => [
    path,
    { types: `./${file}.d.ts`, default: `./${file}.js` },
  ]);
  return {
    name,
    version,
    description: "Realtime chat for your site: a client and React components for a Parley server.",
    license,
    type: "module",
    sideEffects: ["*.css"],
    exports: {
      ...Object.fromEntries(modules),
      "./react/styles.css": { types: "./styles.d.ts", default: "./styles.css" },
      "./package.json": "./package.json",
    },
    dependencies: Object.fromEntries(needed.map((each) => [each, `^${dependencies[each]}`])),
    peerDependencies: { react: ">=18", "react-dom": ">=18" },
    peerDependenciesMeta: { react: { optional: true }, "react-dom": { optional: true } },
  };
}

if (import.meta.main) {
  await runCommand(async () => {
    const directory = join(projectRoot, "dist", "package");
    await buildPackage(directory);
    console.log(`Built ${directory}. To install it in your site: npm install ${directory}`);
  });
}
