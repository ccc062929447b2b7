import { createHash } from "node:crypto";
import { link, mkdir, open, readdir, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { AttachmentStore, StoredFile } from "../../ports/attachment-store.ts";
import { createFileReader, reach, type FileDescription } from "./kept-file.ts";

/** Before the bytes of each file stands what it is, as JSON filled up with blanks. */
const headerBytes = 4_096;
const idPattern = /^[\w-]{1,64}$/;

/** Files in a directory, each with its description, so that one is never there without the other. */
export function createDiskAttachmentStore(directory: string): AttachmentStore {
  const drafts = join(directory, "drafts");
  const pathOf = (id: string): string => {
    if (!idPattern.test(id)) throw new Error("no attachment's id");
    return join(directory, id.slice(0, 2), id);
  };

  const reader = createFileReader({
    find: (id) => {
      const path = pathOf(id);
      return reach(() => readHeader(path));
    },
    stream: (id, start, end) =>
      Bun.file(pathOf(id))
        .slice(headerBytes + start, headerBytes + end)
        .stream(),
  });

  return {
    async put(id, source, description) {
      const path = pathOf(id);
      const draft = join(drafts, `${id}.${crypto.randomUUID()}`);
      await reach(() => makeDirectories(draft, path));
      try {
        const stored = await write(draft, source, description);
        // Unlike a rename, it fails where there is a file already.
        await reach(() => link(draft, path));
        return stored;
      } finally {
        await rm(draft, { force: true });
      }
    },
    ...reader,
    async remove(id) {
      const path = pathOf(id);
      await reach(() => rm(path, { force: true }));
      await reach(() => removeDrafts(drafts, id));
    },
  };
}

async function makeDirectories(...paths: string[]): Promise<void> {
  for (const path of paths) await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
}

/** What a writer that was killed has left. */
async function removeDrafts(drafts: string, id: string): Promise<void> {
  const names = await readdir(drafts).catch(() => []);
  const own = names.filter((name) => name.startsWith(`${id}.`));
  for (const name of own) await rm(join(drafts, name), { force: true });
}

async function write(
  path: string,
  source: AsyncIterable<Uint8Array>,
  description: Omit<FileDescription, "size" | "digest">,
): Promise<StoredFile> {
  const file = await reach(() => open(path, "wx", 0o600));
  try {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of source) {
      hash.update(chunk);
      await reach(() => writeAll(file, chunk, headerBytes + size));
      size += chunk.length;
    }
    const { kind, name, contentType } = description;
    const digest = hash.digest("hex");
    const header = JSON.stringify({ kind, name, contentType, size, digest });
    const bytes = Buffer.alloc(headerBytes, " ");
    bytes.write(header);
    await reach(() => writeAll(file, bytes, 0));
    await reach(() => file.sync());
    return { size, digest };
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const rest = bytes.length - written;
    written += (await file.write(bytes, written, rest, position + written)).bytesWritten;
  }
}

/** Null when there is no such file. */
async function readHeader(path: string): Promise<FileDescription | null> {
  try {
    await using file = await open(path, "r");
    const bytes = Buffer.alloc(headerBytes);
    await file.read(bytes, 0, headerBytes, 0);
    return JSON.parse(bytes.toString()) as FileDescription;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
