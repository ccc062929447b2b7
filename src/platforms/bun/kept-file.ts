import type { AttachmentStore } from "../../ports/attachment-store.ts";
import type { Attachment } from "../../protocol/attachment.ts";
import { ChatError } from "../../protocol/error.ts";

type Described = Omit<Attachment, "id">;

/** What a store keeps beside a file's bytes. */
export interface FileDescription extends Described {
  digest: string;
}

export interface FileReading {
  /** Null where there is no such file. */
  find(id: string): Promise<FileDescription | null>;
  /** From `start` to before `end`, in bytes of the file. */
  stream(id: string, start: number, end: number): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The reading half of a store. */
export function createFileReader(reading: FileReading): Pick<AttachmentStore, "describe" | "open"> {
  return {
    async describe(id) {
      const found = await reading.find(id);
      return found && told(found);
    },
    async open(id, range) {
      const found = await reading.find(id);
      if (!found) return null;
      const { offset, length } = range ?? { offset: 0, length: found.size };
      return { ...told(found), range, body: reading.stream(id, offset, offset + length) };
    },
  };
}

/** What is said of a file to those who ask for it. */
function told({ kind, name, contentType, size, digest }: FileDescription) {
  return { attachment: { kind, name, contentType, size }, etag: `"${digest}"` };
}

/** A failure of the store, as opposed to one of the file's source. */
export async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new ChatError("attachments-unavailable", { cause, retryAfterMs: 2_000 });
  }
}
