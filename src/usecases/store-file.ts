import { cleanFileName } from "../core/file-name.ts";
import type { Ports } from "../ports/index.ts";
import type { AttachmentKind } from "../protocol/attachment.ts";
import { ChatError } from "../protocol/error.ts";
import { discardFile, type StoredAttachment } from "./attach-file.ts";

export interface FileUpload {
  /** As the uploader called it. */
  fileName: string | null;
  kind: AttachmentKind;
  contentType: string;
  source: AsyncIterable<Uint8Array>;
}

/**
 * Stores a file under a new random id while it arrives; nothing stays of one that is empty, too large or cut off (FILE-2,
 * FILE-4). Removes a few older ones that no message took (FILE-6).
 */
export async function storeFile(
  ports: Pick<Ports, "attachments" | "uploads" | "config" | "later" | "log">,
  { fileName, kind, contentType, source }: FileUpload,
): Promise<StoredAttachment> {
  const { attachments, config } = ports;
  const id = randomId();
  const description = { kind, contentType, name: cleanFileName(fileName) };
  let failure: unknown;

  async function* checked(): AsyncGenerator<Uint8Array, void> {
    let size = 0;
    try {
      for await (const bytes of source) {
        size += bytes.length;
        if (size > config.limits.attachmentBytes) throw new ChatError("payload-too-large");
        yield bytes;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  for (const left of await ports.uploads.note(id)) discardFile(ports, left);
  try {
    const { size, digest } = await attachments.put(id, checked(), description);
    return { id, ...description, size, digest };
  } catch (error) {
    // What was wrong with the upload says more than that the store could not read it.
    throw failure ?? error;
  }
}

/** 128 bits that nobody can guess. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
