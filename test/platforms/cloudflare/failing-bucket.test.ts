import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { createPorts } from "../../../src/platforms/cloudflare/ports.ts";
import { createR2AttachmentStore } from "../../../src/platforms/cloudflare/r2-attachment-store.ts";
import { sampleBytes } from "../../contracts/attachment-store.ts";

const chats = "http://parley.test/api/v1/communication/chats";
const away = async (): Promise<never> => {
  throw new Error("R2 is away");
};

/** The real bucket, but for what the test replaces. */
function bucketWith(change: Partial<R2Bucket>): R2Bucket {
  const { ATTACHMENTS: real } = env;
  const own: Partial<R2Bucket> = {
    head: (key) => real.head(key),
    delete: (keys) => real.delete(keys),
    createMultipartUpload: (key, options) => real.createMultipartUpload(key, options),
    ...change,
  };
  return { ...own } as R2Bucket;
}

function failingUpload(change: Partial<R2MultipartUpload>): Partial<R2Bucket> {
  return {
    async createMultipartUpload(key, options) {
      const upload = await env.ATTACHMENTS.createMultipartUpload(key, options);
      return {
        key,
        uploadId: upload.uploadId,
        uploadPart: (number: number, bytes: ArrayBuffer) => upload.uploadPart(number, bytes),
        complete: (parts: R2UploadedPart[]) => upload.complete(parts),
        abort: () => upload.abort(),
        ...change,
      };
    },
  };
}

interface Sender {
  send(body: FormData | string, headers?: Record<string, string>): Promise<Response>;
  receiverId: number;
  conversation(): Promise<{ messages: { message: string; attachment: string | null }[] }>;
}

let pair = 0;

/** Two people who never met, on an app whose files go to that bucket. */
async function createSender(bucket: R2Bucket): Promise<Sender> {
  const ports = { ...createPorts(env, "worker"), attachments: createR2AttachmentStore(bucket) };
  const app = createApp(ports);
  pair += 1;
  const names = [`bucket-sender-${pair}`, `bucket-receiver-${pair}`];
  const [sender = "", receiver = ""] = names;
  const token = await ports.issuer.issueToken(profile(sender));
  const { id: receiverId } = await ports.users.ensureUser(profile(receiver));
  const authorization = { Authorization: `Bearer ${token}` };
  return {
    receiverId,
    send: async (body, headers = {}) =>
      app.request(chats, { method: "POST", body, headers: { ...authorization, ...headers } }),
    async conversation() {
      const answer = await app.request(`${chats}/conversation/${receiverId}`, {
        headers: authorization,
      });
      return answer.json();
    },
  };
}

function profile(name: string) {
  return { externalId: name, username: name, fullName: "", avatar: null };
}

function formWith(receiverId: number, bytes: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.set("receiver_id", String(receiverId));
  form.set("message", "with a file");
  form.set("attachment", new File([bytes], "photo.bin"));
  return form;
}

async function listKeys(): Promise<string[]> {
  return (await env.ATTACHMENTS.list()).objects.map((object) => object.key);
}

beforeEach(async () => {
  for (const key of await listKeys()) await env.ATTACHMENTS.delete(key);
});

describe("while R2 fails", () => {
  it.each([
    ["a small file's put", 10_000, { put: away }],
    ["a large file's beginning", 6_000_000, { createMultipartUpload: away }],
    ["a large file's part", 6_000_000, failingUpload({ uploadPart: away })],
    ["a large file's end", 6_000_000, failingUpload({ complete: away })],
    ["the end and the clean-up", 6_000_000, failingUpload({ complete: away, abort: away })],
  ])(
    "at %s, a send gets 503, no row and no file; text still flows [FILE-2] [ERR-4]",
    async (_, size, change) => {
      const sender = await createSender(bucketWith(change));
      const refused = await sender.send(formWith(sender.receiverId, sampleBytes(size)));
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ code: "attachments-unavailable" });
      expect(await listKeys()).toEqual([]);

      const text = JSON.stringify({ receiver_id: sender.receiverId, message: "only text" });
      const accepted = await sender.send(text, { "Content-Type": "application/json" });
      expect(accepted.status).toBe(201);
      const { messages } = await sender.conversation();
      expect(messages).toMatchObject([{ message: "only text", attachment: null }]);
    },
  );

  it("a bucket that never answers is given up within 10 s [ERR-2]", async () => {
    onTestFinished(() => void vi.useRealTimers());
    const asked = Promise.withResolvers<void>();
    const put = () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    const sender = await createSender(bucketWith({ put }));
    const answer = sender.send(formWith(sender.receiverId, sampleBytes(10_000)));
    await asked.promise;
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    expect((await answer).status).toBe(503);
    expect((await sender.conversation()).messages).toEqual([]);
  });
});

describe("while R2 works", () => {
  it.each([10_000, 6_000_000])(
    "a file of %i bytes is stored before its message [FILE-2]",
    async (size) => {
      const sender = await createSender(env.ATTACHMENTS);
      const accepted = await sender.send(formWith(sender.receiverId, sampleBytes(size)));
      expect(accepted.status).toBe(201);
      expect(await accepted.json()).toMatchObject({ attachment_size: size, seq: 1 });
      expect(await listKeys()).toHaveLength(1);
    },
  );

  it("the file of a refused message is removed [FILE-2]", async () => {
    const sender = await createSender(env.ATTACHMENTS);
    const refused = await sender.send(formWith(999_999_999, sampleBytes(10_000)));
    expect(refused.status).toBe(404);
    await expect.poll(listKeys).toEqual([]);
  });

  it("the file of a repeated send is removed, and the first one stays [FILE-2]", async () => {
    const sender = await createSender(env.ATTACHMENTS);
    const form = () => formWith(sender.receiverId, sampleBytes(10_000));
    const key = { "Idempotency-Key": "one-file" };
    const first = await sender.send(form(), key);
    const kept = await listKeys();
    const second = await sender.send(form(), key);
    expect([first.status, second.status]).toEqual([201, 200]);
    await expect.poll(listKeys).toEqual(kept);
    const { messages } = await sender.conversation();
    expect(messages).toHaveLength(1);
  });
});
