import { fileTypeFromBuffer } from "file-type";
import type { AttachmentKind } from "../protocol/attachment.ts";
import { kindOf } from "../usecases/show-file.ts";

export interface FileType {
  kind: AttachmentKind;
  contentType: string;
}

/** Other names of the same. */
const aliases: Record<string, string> = {
  "image/apng": "image/png",
  "audio/x-m4a": "audio/mp4",
  "audio/x-flac": "audio/flac",
  "audio/vnd.wave": "audio/wav",
  "video/x-m4v": "video/mp4",
};

/** As many of a file's first bytes as deciding its type takes. */
const typeBytes = 4_100;

/** As many as are looked at: a photograph tells its size after its preview and its colours. */
export const headBytes = 1024 * 1024;

/** Decided from the bytes: what the uploader says does not count (FILE-1). */
export async function detectFileType(head: Uint8Array): Promise<FileType> {
  const found = await fileTypeFromBuffer(head.subarray(0, typeBytes)).catch(() => undefined);
  const named = found?.mime.split(";")[0] ?? "application/octet-stream";
  const contentType = aliases[named] ?? named;
  return { kind: kindOf(contentType, head), contentType };
}
