import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

const forOthers = 0o077;

/**
 * Makes `directory` for its owner alone; the databases below write files that anyone may change.
 * One that holds more than `ownEntries` is somebody's for other things too, and stays as it is.
 */
export async function makePrivate(directory: string, ownEntries: string[]): Promise<void> {
  await makeDirectory(directory, 0o700);
  const { uid, mode } = await stat(directory);
  if ((mode & forOthers) === 0 || uid !== process.getuid?.()) return;
  const entries = await readdir(directory);
  if (entries.every((entry) => ownEntries.includes(entry))) await chmod(directory, 0o700);
}

/** Node's own recursive mkdir never ends where a file system refuses with ENOENT, as /proc does. */
async function makeDirectory(directory: string, mode?: number): Promise<void> {
  const parent = dirname(directory);
  if (parent !== directory && (await isMissing(parent))) await makeDirectory(parent);
  try {
    await mkdir(directory, mode);
  } catch (error) {
    if (await isMissing(directory)) throw error;
    // What is there already may be a file.
    await readdir(directory);
  }
}

async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT",
  );
}
