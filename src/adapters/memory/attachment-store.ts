import type {
  AttachmentStore,
  FileContent,
  FileRange,
  StoredFile,
} from "../../ports/attachment-store.ts";
import type { Attachment } from "../../protocol/attachment.ts";
import { ChatError } from "../../protocol/error.ts";

interface MemoryFile {
  attachment: Omit<Attachment, "id">;
  bytes: Uint8Array<ArrayBuffer>;
  digest: string;
}

const chunkBytes = 64 * 1024;

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: BlobPart[] = [];
  for await (const chunk of source) chunks.push(new Uint8Array(chunk));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller): void {
      if (offset < bytes.length) {
        controller.enqueue(bytes.slice(offset, offset + chunkBytes));
        offset += chunkBytes;
      }
      if (offset >= bytes.length) controller.close();
    },
  });
}

/** For tests: it holds whole files. */
export function createMemoryAttachmentStore(): AttachmentStore {
  const files = new Map<string, MemoryFile>();
  const etagOf = (file: MemoryFile): string => `"${file.digest}"`;

  return {
    async put(
      id: string,
      source: AsyncIterable<Uint8Array>,
      describe: Omit<Attachment, "id" | "size">,
    ): Promise<StoredFile> {
      const bytes = await collect(source);
      const digest = await digestOf(bytes);
      if (files.has(id)) throw new ChatError("attachments-unavailable");
      const { kind, name, contentType } = describe;
      const attachment = { kind, name, contentType, size: bytes.length };
      files.set(id, { attachment, bytes, digest });
      return { size: bytes.length, digest };
    },

    async describe(id: string): ReturnType<AttachmentStore["describe"]> {
      const file = files.get(id);
      return file ? { attachment: { ...file.attachment }, etag: etagOf(file) } : null;
    },

    async open(id: string, range: FileRange | null): Promise<FileContent | null> {
      const file = files.get(id);
      if (!file) return null;
      const { offset, length } = range ?? { offset: 0, length: file.bytes.length };
      return {
        attachment: { ...file.attachment },
        etag: etagOf(file),
        range,
        body: streamOf(file.bytes.subarray(offset, offset + length)),
      };
    },

    async remove(id: string): Promise<void> {
      files.delete(id);
    },
  };
}
