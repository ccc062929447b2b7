import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const serverRooms = ["protocol", "core", "ports", "usecases", "adapters", "http"];

/** Which room may import which; the table that src/README.md explains. */
const mayImport: Record<string, string[]> = {
  protocol: [],
  core: ["protocol"],
  ports: ["protocol", "core"],
  usecases: ["protocol", "core", "ports"],
  "adapters/postgres": ["protocol", "core", "ports"],
  "adapters/redis": ["protocol", "core", "ports"],
  http: ["protocol", "ports", "usecases"],
  "platforms/cloudflare": [...serverRooms, "adapters/postgres", "adapters/redis"],
  "platforms/machine": [...serverRooms, "adapters/postgres", "adapters/redis"],
  "platforms/local": [...serverRooms, "adapters/postgres", "adapters/redis", "platforms/machine"],
  "platforms/bun": [...serverRooms, "adapters/postgres", "adapters/redis", "platforms/machine"],
  client: ["protocol"],
  react: ["client", "protocol"],
  demo: ["react", "client", "protocol"],
};

const packages = [
  "zod",
  "hono",
  "hono/streaming",
  "@hono/zod-openapi",
  "drizzle-orm/neon-http",
  "@upstash/redis",
  "react",
  "node:fs",
  "cloudflare:workers",
];
const mayUse: Record<string, string[]> = {
  protocol: ["zod", "@hono/zod-openapi"],
  "adapters/postgres": ["zod", "drizzle-orm/neon-http", "@upstash/redis"],
  "adapters/redis": ["zod", "drizzle-orm/neon-http", "@upstash/redis"],
  http: ["zod", "hono", "hono/streaming", "@hono/zod-openapi"],
  react: ["react"],
  demo: ["react"],
};

interface Planted {
  path: string;
  source: string;
  allowed: boolean;
}

const rooms = Object.keys(mayImport);
const isPlatform = (room: string) => room.startsWith("platforms/");
const fileName = (name: string) => name.replaceAll(/[^a-z]+/g, "-");
const roomOf = (room: string) => room.split("/")[0] ?? room;

function importOf(specifier: string): string[] {
  return [
    `import { thing } from "${specifier}";\nexport const copy = thing;\n`,
    `import type { Thing } from "${specifier}";\nexport type Copy = Thing;\n`,
    `export { thing } from "${specifier}";\n`,
    `export const load = async () => import("${specifier}");\n`,
  ];
}

function plant(from: string, name: string, specifiers: { specifier: string; allowed: boolean }) {
  return importOf(specifiers.specifier).map((source, form) => ({
    path: `src/${from}/to-${fileName(name)}-${"abcd"[form]}.ts`,
    source,
    allowed: specifiers.allowed,
  }));
}

function roomEdges(from: string): Planted[] {
  const places = ["adapters", "platforms"].includes(roomOf(from)) ? [from] : [from, `${from}/part`];
  return places.flatMap((place) =>
    rooms
      .filter((to) => to !== from)
      .flatMap((to) => {
        const specifier = `${relative(`src/${place}`, `src/${to}`)}/thing.ts`;
        return plant(place, to, { specifier, allowed: mayImport[from]?.includes(to) ?? false });
      }),
  );
}

function packageEdges(from: string): Planted[] {
  if (isPlatform(from)) return [];
  return packages.flatMap((name) =>
    plant(from, name, { specifier: name, allowed: mayUse[from]?.includes(name) ?? false }),
  );
}

function outwardEdges(from: string): Planted[] {
  const specifier = `${relative(`src/${from}`, "test/support")}/thing.ts`;
  return [
    ...plant(from, "test", { specifier, allowed: false }),
    ...plant(from, "own", { specifier: "./thing.ts", allowed: true }),
  ];
}

async function write(directory: string, path: string, source: string) {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), source);
}

/** The paths that oxlint reports, for one rule. */
async function lint(directory: string, rule: string): Promise<Set<string>> {
  const args = [join(root, "node_modules/oxlint/bin/oxlint"), "--format", "json", "src"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: directory,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((failure: { stdout: string }) => failure);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string }[];
  };
  return new Set(diagnostics.filter(({ code }) => code.includes(rule)).map((d) => d.filename));
}

async function copyOfTheRules(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "parley-import-table-"));
  await copyFile(join(root, ".oxlintrc.json"), join(directory, ".oxlintrc.json"));
  await symlink(join(root, "node_modules"), join(directory, "node_modules"), "junction");
  return directory;
}

describe("the import table", () => {
  const planted = rooms.flatMap((room) => [
    ...roomEdges(room),
    ...packageEdges(room),
    ...outwardEdges(room),
  ]);
  let directory: string;
  let reported: Set<string>;

  beforeAll(async () => {
    directory = await copyOfTheRules();
    for (const room of rooms) await write(directory, `src/${room}/thing.ts`, "export {};\n");
    for (const { path, source } of planted) await write(directory, path, source);
    reported = await lint(directory, "no-restricted-imports");
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  it("names every room of the source tree", async () => {
    const entries = await readdir(join(root, "src"), { withFileTypes: true });
    const platforms = await readdir(join(root, "src/platforms"), { withFileTypes: true });
    const found = [
      ...entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
      ...platforms.filter((entry) => entry.isDirectory()).map((e) => `platforms/${e.name}`),
    ].filter((name) => name !== "platforms");
    const known = new Set([...rooms, ...rooms.map(roomOf)]);
    expect(found.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(rooms)("reports every forbidden import of %s", (room) => {
    const missed = planted.filter(
      ({ path, allowed }) => path.startsWith(`src/${room}/`) && !allowed && !reported.has(path),
    );
    expect(missed).toEqual([]);
  });

  it.each(rooms)("accepts every allowed import of %s", (room) => {
    const refused = planted.filter(
      ({ path, allowed }) => path.startsWith(`src/${room}/`) && allowed && reported.has(path),
    );
    expect(refused).toEqual([]);
  });
});

describe("the hub of a user on Cloudflare", () => {
  it.each([
    ["setTimeout", "setTimeout(() => {}, 1);\n"],
    ["setInterval", "globalThis.setInterval(() => {}, 1);\n"],
    ["waitUntil", "export const keep = (context: { waitUntil(): void }) => context.waitUntil();\n"],
  ])("may not call %s", async (_, source) => {
    const directory = await copyOfTheRules();
    await write(directory, "src/platforms/cloudflare/user-hub.ts", source);
    const reported = await lint(directory, "no-restricted-");
    await rm(directory, { recursive: true, force: true });
    expect([...reported]).toEqual(["src/platforms/cloudflare/user-hub.ts"]);
  });
});
