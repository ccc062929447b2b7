import type { AttachmentStore, FileRange, StoredFile } from "../../ports/attachment-store.ts";
import type { Attachment } from "../../protocol/attachment.ts";
import { withDeadline } from "./deadline.ts";

type Description = Omit<Attachment, "id" | "size">;

/** R2 takes parts of at least 5 MiB, all but the last of one size; no more than one is ever held. */
const partBytes = 5 * 1024 * 1024;

/** For one call; the clean-up after a failed one is worth less waiting (ERR-2). */
const callMs = 7_000;
const abortMs = 1_000;

export function createR2AttachmentStore(bucket: R2Bucket): AttachmentStore {
  const keyOf = (id: string): string => `attachments/${id}`;

  return {
    async put(id, source, description) {
      const parts = intoParts(source);
      const first = await parts.next();
      const second = await parts.next();
      const bytes = first.done ? new Uint8Array() : first.value;
      if (second.done) return reach(() => putWhole(bucket, keyOf(id), { bytes, description }));
      return putInParts(bucket, keyOf(id), { bytes, next: second.value, rest: parts, description });
    },
    async describe(id) {
      const object = await reach(() => bucket.head(keyOf(id)));
      return object && { attachment: describe(object), etag: object.httpEtag };
    },
    async open(id, range) {
      const object = await reach(() => bucket.get(keyOf(id), range ? { range: wire(range) } : {}));
      if (!object) return null;
      return { attachment: describe(object), etag: object.httpEtag, range, body: object.body };
    },
    remove: (id) => reach(() => bucket.delete(keyOf(id))),
  };
}

function wire({ offset, length }: FileRange): R2Range {
  return { offset, length };
}

function metadata({ kind, name, contentType }: Description): R2MultipartOptions {
  return {
    httpMetadata: { contentType },
    customMetadata: { kind, name: encodeURIComponent(name) },
  };
}

function describe(object: R2Object): Omit<Attachment, "id"> {
  const { kind, name } = object.customMetadata ?? {};
  return {
    kind: (kind ?? "document") as Attachment["kind"],
    name: decodeURIComponent(name ?? "file"),
    contentType: object.httpMetadata?.contentType ?? "application/octet-stream",
    size: object.size,
  };
}

async function putWhole(
  bucket: R2Bucket,
  key: string,
  { bytes, description }: { bytes: Uint8Array; description: Description },
): Promise<StoredFile> {
  const onlyIf = { etagDoesNotMatch: "*" };
  const object = await bucket.put(key, bytes, { ...metadata(description), onlyIf });
  if (!object) throw new Error("the key is taken");
  return { size: object.size, digest: object.etag };
}

interface PartedUpload {
  bytes: Uint8Array;
  next: Uint8Array;
  rest: AsyncGenerator<Uint8Array>;
  description: Description;
}

async function putInParts(
  bucket: R2Bucket,
  key: string,
  upload: PartedUpload,
): Promise<StoredFile> {
  const { bytes, next, rest, description } = upload;
  const session = await reach(() => bucket.createMultipartUpload(key, metadata(description)));
  try {
    const done = [
      await reach(() => session.uploadPart(1, bytes)),
      await reach(() => session.uploadPart(2, next)),
    ];
    for await (const part of rest) {
      done.push(await reach(() => session.uploadPart(done.length + 1, part)));
    }
    const object = await reach(() => session.complete(done));
    return { size: object.size, digest: object.etag };
  } catch (error) {
    await reach(() => session.abort(), abortMs).catch(() => undefined);
    throw error;
  }
}

/** Pieces of exactly one part's size, and a last one of what remains. */
async function* intoParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(partBytes);
  let filled = 0;
  for await (const chunk of source) {
    let offset = 0;
    while (offset < chunk.length) {
      const taken = chunk.subarray(offset, offset + partBytes - filled);
      part.set(taken, filled);
      filled += taken.length;
      offset += taken.length;
      if (filled < partBytes) continue;
      yield part;
      part = new Uint8Array(partBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** A failure of R2 itself, as opposed to one of the file's source. */
async function reach<T>(call: () => Promise<T>, ms = callMs): Promise<T> {
  return withDeadline(call(), { ms, code: "attachments-unavailable" });
}
