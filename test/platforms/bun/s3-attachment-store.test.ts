import { S3Client } from "bun";
import { afterEach, describe, expect, it } from "vitest";
import { createS3AttachmentStore } from "../../../src/platforms/bun/s3-attachment-store.ts";
import { ChatError } from "../../../src/protocol/error.ts";
import { sampleBytes, testAttachmentStore } from "../../contracts/attachment-store.ts";
import { createS3Endpoint, type S3Endpoint } from "./s3-endpoint.ts";

const described = { kind: "document", name: "a.txt", contentType: "text/plain" } as const;
let endpoints: S3Endpoint[] = [];

function open() {
  const endpoint = createS3Endpoint();
  endpoints.push(endpoint);
  const credentials = { accessKeyId: "id", secretAccessKey: "secret", bucket: "files" };
  const client = new S3Client({ ...credentials, endpoint: endpoint.url });
  return { endpoint, store: createS3AttachmentStore(client) };
}

afterEach(async () => {
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  endpoints = [];
});

describe("an attachment store in a bucket", () => {
  testAttachmentStore(async () => open().store);

  it("leaves no part behind when a source throws", async () => {
    const { endpoint, store } = open();
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield sampleBytes(11 * 1024 * 1024);
      throw new Error("the upload was cut");
    }
    await expect(store.put("a", cut(), described)).rejects.toThrow("the upload was cut");
    expect([endpoint.keys(), endpoint.openUploads()]).toEqual([[], 0]);
  });

  it("says that it is away", async () => {
    const { endpoint, store } = open();
    endpoint.breakDown();
    async function* one(): AsyncGenerator<Uint8Array> {
      yield sampleBytes(1);
    }
    await expect(store.put("a", one(), described)).rejects.toThrow(ChatError);
    await expect(store.describe("a")).rejects.toThrow(ChatError);
    await expect(store.open("a", null)).rejects.toThrow(ChatError);
  });
});
