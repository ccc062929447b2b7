import type { Attachment } from "../protocol/attachment.ts";

export interface StoredFile {
  size: number;
  /** Equal for equal bytes stored by the same code. */
  digest: string;
}

/** One stretch of a file: `length` bytes from `offset`. */
export interface FileRange {
  offset: number;
  length: number;
}

export interface FileContent {
  attachment: Omit<Attachment, "id">;
  etag: string;
  range: FileRange | null;
  body: ReadableStream<Uint8Array>;
}

/** Files under random ids, written once. Methods throw ChatError `attachments-unavailable` when the store is away. */
export interface AttachmentStore {
  /** MUST hold at most a few MiB at a time; leaves nothing behind when the source throws. */
  put(
    id: string,
    source: AsyncIterable<Uint8Array>,
    describe: Omit<Attachment, "id" | "size">,
  ): Promise<StoredFile>;
  describe(id: string): Promise<{ attachment: Omit<Attachment, "id">; etag: string } | null>;
  open(id: string, range: FileRange | null): Promise<FileContent | null>;
  remove(id: string): Promise<void>;
}
