import { createHash } from "node:crypto";
import type { S3Client, S3File } from "bun";
import type { AttachmentStore, StoredFile } from "../../ports/attachment-store.ts";
import { ChatError } from "../../protocol/error.ts";
import { createFileReader, reach, type FileDescription } from "./kept-file.ts";

/** One part is filled while another is on its way; no more is ever held. */
const upload = { partSize: 5 * 1024 * 1024, queueSize: 1, retry: 2 };

/** Files in a bucket. What a file is, written last, stands in an object beside it: without that there is no file. */
export function createS3AttachmentStore(client: S3Client): AttachmentStore {
  const bytesOf = (id: string): S3File => client.file(`attachments/${id}`);
  const descriptionOf = (id: string): S3File => client.file(`attachments/${id}.json`);

  const find = (id: string): Promise<FileDescription | null> =>
    reach(() => readDescription(descriptionOf(id)));

  return {
    async put(id, source, description) {
      if (await find(id)) throw new ChatError("attachments-unavailable");
      const stored = await write(bytesOf(id), source);
      const { kind, name, contentType } = description;
      const whole: FileDescription = { kind, name, contentType, ...stored };
      await reach(() => descriptionOf(id).write(JSON.stringify(whole)));
      return stored;
    },
    ...createFileReader({
      find,
      stream: (id, start, end) => bytesOf(id).slice(start, end).stream(),
    }),
    async remove(id) {
      await reach(() => descriptionOf(id).delete());
      await reach(() => bytesOf(id).delete());
    },
  };
}

async function write(file: S3File, source: AsyncIterable<Uint8Array>): Promise<StoredFile> {
  const writer = file.writer(upload);
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      size += chunk.length;
      await reach(async () => writer.write(chunk));
      await reach(async () => writer.flush());
    }
  } catch (error) {
    // The writer keeps what it got, whatever it is told.
    await Promise.resolve(writer.end()).catch(() => undefined);
    await file.delete().catch(() => undefined);
    throw error;
  }
  await reach(async () => writer.end());
  return { size, digest: hash.digest("hex") };
}

/** Null when there is none. */
async function readDescription(file: S3File): Promise<FileDescription | null> {
  try {
    return (await file.json()) as FileDescription;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "NoSuchKey") return null;
    throw error;
  }
}
