import { fileTypeFromBuffer } from "file-type";
import type { AttachmentKind } from "../protocol/attachment.ts";

export interface FileType {
  kind: AttachmentKind;
  contentType: string;
}

/** What browsers show in its place without running anything (FILE-1). Everything else is a document to save. */
const shown: Record<string, AttachmentKind> = {
  "image/png": "image",
  "image/jpeg": "image",
  "image/gif": "image",
  "image/webp": "image",
  "video/mp4": "video",
  "video/webm": "video",
  "video/ogg": "video",
  "video/quicktime": "video",
  "audio/mpeg": "audio",
  "audio/mp4": "audio",
  "audio/aac": "audio",
  "audio/ogg": "audio",
  "audio/wav": "audio",
  "audio/webm": "audio",
  "audio/flac": "audio",
};

/** Other names of the same. */
const aliases: Record<string, string> = {
  "image/apng": "image/png",
  "audio/x-m4a": "audio/mp4",
  "audio/x-flac": "audio/flac",
  "audio/vnd.wave": "audio/wav",
  "video/x-m4v": "video/mp4",
};

/** As many of a file's first bytes as deciding its type takes. */
export const typeBytes = 4_100;

/** Decided from the bytes: what the uploader says does not count (FILE-1). */
export async function detectFileType(head: Uint8Array): Promise<FileType> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  const named = found?.mime.split(";")[0] ?? "application/octet-stream";
  const contentType = aliases[named] ?? named;
  return { kind: shown[contentType] ?? "document", contentType };
}

export function isShownInline(contentType: string): boolean {
  return Object.hasOwn(shown, contentType);
}
