import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { openPglite } from "../../src/platforms/local/pglite-engine.ts";
import { migrationStatements } from "./migrations.ts";

/** Makes an embedded Postgres with every table once, for each test file to begin with a copy of it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "parley-template-"));
  const path = join(directory, "postgres.tar");
  const database = await openPglite();
  for (const statement of await migrationStatements()) await database.exec(statement);
  const copy = await database.dumpDataDir("none");
  await writeFile(path, Buffer.from(await copy.arrayBuffer()));
  await database.close();
  project.provide("embeddedTemplate", path);
  return () => rm(directory, { recursive: true, force: true });
}
