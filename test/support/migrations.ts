import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";

const directory = resolve(import.meta.dirname, "../../migrations");

/** Every statement of every migration, oldest first. */
export async function migrationStatements(): Promise<string[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".sql")).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(resolve(directory, file), "utf8")));
  return texts.flatMap((text) => text.split("--> statement-breakpoint"));
}
