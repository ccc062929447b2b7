import { readdir } from "node:fs/promises";
import { join } from "node:path";

export interface Migration {
  /** When it was generated, ms since 1970; its name in the database. */
  generatedAt: number;
  sql: string;
}

/** The files that come with the program: from the checkout, or out of the one file it was built into. */
export interface Assets {
  /** The oldest first. */
  migrations: Migration[];
  /** Where each file of the site is, by its path, `/index.html`. */
  site: Map<string, string>;
  /** PGlite's own files, when it cannot find them beside itself. */
  pglite: { wasm: string; initdb: string; data: string } | null;
}

interface Journal {
  entries: { tag: string; when: number }[];
}

export async function readAssets(root: string): Promise<Assets> {
  const migrations = (await listMigrations(root)).map(async ({ generatedAt, path }) => ({
    generatedAt,
    sql: await Bun.file(path).text(),
  }));
  return {
    migrations: await Promise.all(migrations),
    site: await listSite(root),
    pglite: null,
  };
}

export async function listMigrations(
  root: string,
): Promise<{ generatedAt: number; path: string }[]> {
  const folder = join(root, "migrations");
  const journal = (await Bun.file(join(folder, "meta", "_journal.json")).json()) as Journal;
  return journal.entries.map(({ tag, when }) => ({
    generatedAt: when,
    path: join(folder, `${tag}.sql`),
  }));
}

/** Empty where nothing was built. */
export async function listSite(root: string): Promise<Map<string, string>> {
  const directory = join(root, "dist", "site");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length).replaceAll("\\", "/"), path]),
  );
}
