import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDiskAttachmentStore } from "../../../src/platforms/bun/disk-attachment-store.ts";
import { sampleBytes, testAttachmentStore } from "../../contracts/attachment-store.ts";

const described = { kind: "document", name: "a.txt", contentType: "text/plain" } as const;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-files-"));
});

afterAll(() => rm(root, { recursive: true, force: true }));

const newDirectory = (): string => join(root, crypto.randomUUID());

async function* once(size: number, seed = 1): AsyncGenerator<Uint8Array> {
  yield sampleBytes(size, seed);
}

describe("an attachment store on disk", () => {
  testAttachmentStore(async () => createDiskAttachmentStore(newDirectory()));

  it("lets one of two writers of the same id win, and leaves no draft behind", async () => {
    const directory = newDirectory();
    const store = createDiskAttachmentStore(directory);
    const puts = [1, 2, 3].map((seed) => store.put("a", once(1_000, seed), described));
    const outcomes = await Promise.allSettled(puts);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readdir(join(directory, "drafts"))).toEqual([]);
  });

  it("removes with a file what a writer that was killed has left of it [FILE-6]", async () => {
    const directory = newDirectory();
    const store = createDiskAttachmentStore(directory);
    await store.put("b", once(1), described);
    await Promise.all(
      ["a.1", "a.2", "ab.1"].map((name) => writeFile(join(directory, "drafts", name), "")),
    );
    await store.remove("a");
    expect(await readdir(join(directory, "drafts"))).toEqual(["ab.1"]);
    expect(await store.describe("b")).not.toBeNull();
  });

  it.each(["../a", "a/b", "", "a\0b", "."])("goes nowhere for the id %j", async (id) => {
    const store = createDiskAttachmentStore(newDirectory());
    await expect(store.put(id, once(1), described)).rejects.toThrow("no attachment's id");
    await expect(store.open(id, null)).rejects.toThrow("no attachment's id");
  });

  it("gives what it has while a file is removed under a reader", async () => {
    const store = createDiskAttachmentStore(newDirectory());
    await store.put("a", once(3 * 1024 * 1024), described);
    const file = await store.open("a", null);
    const reader = file!.body.getReader();
    const first = await reader.read();
    expect(first.value?.length).toBeGreaterThan(0);
    await store.remove("a");
    await reader.cancel();
    expect(await store.describe("a")).toBeNull();
  });
});
