import { cleanFileName } from "../core/file-name.ts";
import { readImageSize } from "../core/image-size.ts";
import type { ImageSize } from "../core/image-size.ts";
import type { Attachment, AttachmentKind } from "../protocol/attachment.ts";

interface Shown {
  kind: AttachmentKind;
  /** The first is given to a file that has none of them. */
  extensions: [string, ...string[]];
}

/** What browsers show in its place without running anything (FILE-1). Everything else is a document to save. */
const shown: Record<string, Shown> = {
  "image/png": { kind: "image", extensions: ["png", "apng"] },
  "image/jpeg": { kind: "image", extensions: ["jpg", "jpeg", "jpe", "jfif"] },
  "image/gif": { kind: "image", extensions: ["gif"] },
  "image/webp": { kind: "image", extensions: ["webp"] },
  "video/mp4": { kind: "video", extensions: ["mp4", "m4v"] },
  "video/webm": { kind: "video", extensions: ["webm"] },
  "video/ogg": { kind: "video", extensions: ["ogv", "ogg"] },
  "video/quicktime": { kind: "video", extensions: ["mov", "qt"] },
  "audio/mpeg": { kind: "audio", extensions: ["mp3", "mp2", "mpga"] },
  "audio/mp4": { kind: "audio", extensions: ["m4a", "m4b", "mp4"] },
  "audio/aac": { kind: "audio", extensions: ["aac"] },
  "audio/ogg": { kind: "audio", extensions: ["ogg", "oga", "opus", "spx"] },
  "audio/wav": { kind: "audio", extensions: ["wav"] },
  "audio/webm": { kind: "audio", extensions: ["weba", "webm"] },
  "audio/flac": { kind: "audio", extensions: ["flac"] },
};

/** More than any camera people carry makes; what unpacks to more would stop the reader's browser. */
const mostPixels = 40_000_000;

/** How a file is shown, by its type and its first bytes (FILE-1). */
export function kindOf(contentType: string, head: Uint8Array): AttachmentKind {
  const kind = shown[contentType]?.kind ?? "document";
  return kind === "image" && !fits(readImageSize(contentType, head)) ? "document" : kind;
}

function fits(size: ImageSize | null): boolean {
  const pixels = size ? size.width * size.height : 0;
  return pixels > 0 && pixels <= mostPixels;
}

/** The name of a file that is shown in its place, with an extension of its type; null for one that is to be saved. */
export function inlineName({ kind, contentType, name }: Omit<Attachment, "id">): string | null {
  const type = shown[contentType];
  if (kind === "document" || !type) return null;
  const [, extension = ""] = /\.([^.]*)$/.exec(name) ?? [];
  if (type.extensions.includes(extension.toLowerCase())) return name;
  return cleanFileName(`${name}.${type.extensions[0]}`);
}
