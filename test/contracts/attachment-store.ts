import { beforeEach, describe, expect, it } from "vitest";
import type { AttachmentStore } from "../../src/ports/attachment-store.ts";
import { ChatError } from "../../src/protocol/error.ts";

const mebibyte = 1024 * 1024;
const described = { kind: "document", name: "a.txt", contentType: "text/plain" } as const;

/** Bytes that tell where they belong. */
export function sampleBytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) bytes[index] = index * 31 + (index >> 12) + seed;
  return bytes;
}

async function* inChunks(
  bytes: Uint8Array,
  chunk: number,
  failAfter = Infinity,
): AsyncGenerator<Uint8Array, void> {
  for (let offset = 0; offset < bytes.length; offset += chunk) {
    if (offset >= failAfter) throw new Error("the upload was cut");
    yield bytes.subarray(offset, offset + chunk);
  }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).join();
}

async function read(store: AttachmentStore, id: string, range?: [offset: number, length: number]) {
  const [offset = 0, length = 0] = range ?? [];
  const file = await store.open(id, range ? { offset, length } : null);
  if (!file) throw new Error("no such file");
  return { ...file, bytes: new Uint8Array(await new Response(file.body).arrayBuffer()) };
}

/** `create` gives an empty store. */
export function testAttachmentStore(create: () => Promise<AttachmentStore>): void {
  let store: AttachmentStore;

  beforeEach(async () => {
    store = await create();
  });

  it("knows nothing that was not put", async () => {
    expect(await store.describe("none")).toBeNull();
    expect(await store.open("none", null)).toBeNull();
    expect(await store.open("none", { offset: 0, length: 1 })).toBeNull();
    await expect(store.remove("none")).resolves.toBeUndefined();
  });

  describe("a file", () => {
    it.each([
      ["one byte", 1, 1],
      ["a little less than 5 MiB", 5 * mebibyte - 1, 70_001],
      ["exactly 5 MiB", 5 * mebibyte, 64 * 1024],
      ["5 MiB and one byte", 5 * mebibyte + 1, 5 * mebibyte],
      ["exactly 10 MiB", 10 * mebibyte, mebibyte],
      ["12 MiB in odd chunks", 12 * mebibyte, 77_777],
      ["12 MiB in one chunk", 12 * mebibyte, 12 * mebibyte],
    ])("of %s comes back as it was [FILE-2]", async (_, size, chunk) => {
      const bytes = sampleBytes(size);
      expect(await store.put("a", inChunks(bytes, chunk), described)).toMatchObject({ size });
      const file = await read(store, "a");
      expect(file.attachment).toEqual({ ...described, size });
      expect(file.bytes.length).toBe(size);
      expect(await digestOf(file.bytes)).toBe(await digestOf(bytes));
    });

    it("is described without being read", async () => {
      await store.put("a", inChunks(sampleBytes(10), 3), described);
      const { etag } = await read(store, "a");
      expect(etag).toMatch(/^"[^"]+"$/);
      expect(await store.describe("a")).toEqual({ attachment: { ...described, size: 10 }, etag });
    });

    it.each([
      ["the first byte", 0, 1],
      ["the last byte", 6 * mebibyte - 1, 1],
      ["a stretch over the border of two parts", 5 * mebibyte - 10, 20],
      ["all of it", 0, 6 * mebibyte],
    ])("gives back %s", async (_, offset, length) => {
      const bytes = sampleBytes(6 * mebibyte);
      await store.put("a", inChunks(bytes, mebibyte), described);
      const part = await read(store, "a", [offset, length]);
      expect(part.range).toEqual({ offset, length });
      expect(part.attachment.size).toBe(bytes.length);
      expect(part.bytes.length).toBe(length);
      const expected = bytes.slice(offset, offset + length);
      expect(await digestOf(part.bytes)).toBe(await digestOf(expected));
    });

    it.each([100, 11 * mebibyte])(
      "of %i bytes has a digest that equal bytes share and others do not [SEND-2]",
      async (size) => {
        const bytes = sampleBytes(size);
        const first = await store.put("a", inChunks(bytes, 333_333), described);
        expect(await store.put("b", inChunks(bytes, 1_000_000), described)).toEqual(first);
        const other = await store.put("c", inChunks(sampleBytes(size, 2), 333_333), described);
        expect(other.digest).not.toBe(first.digest);
      },
    );

    it("keeps its name, whatever it is written in", async () => {
      const named = {
        kind: "image",
        name: `Ünï "q" %41 王 👩‍👧.png`,
        contentType: "image/png",
      } as const;
      await store.put("a", inChunks(sampleBytes(5), 5), named);
      expect((await store.describe("a"))?.attachment).toEqual({ ...named, size: 5 });
    });

    it("is written once", async () => {
      await store.put("a", inChunks(sampleBytes(5), 5), described);
      await expect(store.put("a", inChunks(sampleBytes(6), 6), described)).rejects.toThrow(
        ChatError,
      );
      expect((await read(store, "a")).bytes.length).toBe(5);
    });

    it("is gone when it is removed", async () => {
      await store.put("a", inChunks(sampleBytes(6 * mebibyte), mebibyte), described);
      await store.remove("a");
      expect(await store.describe("a")).toBeNull();
      expect(await store.open("a", null)).toBeNull();
    });
  });

  describe("a source that throws", () => {
    it.each([
      ["at once", 0],
      ["before 5 MiB", 2 * mebibyte],
      ["at 5 MiB", 5 * mebibyte],
      ["beyond 5 MiB", 8 * mebibyte],
      ["beyond 10 MiB", 11 * mebibyte],
    ])("%s leaves nothing behind [FILE-2]", async (_, failAfter) => {
      const source = inChunks(sampleBytes(12 * mebibyte), mebibyte, failAfter);
      await expect(store.put("a", source, described)).rejects.toThrow("the upload was cut");
      expect(await store.describe("a")).toBeNull();
      expect(await store.open("a", null)).toBeNull();
    });
  });
}
