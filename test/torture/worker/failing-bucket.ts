import { waitUntil } from "cloudflare:workers";
import { faults, wait } from "./faults.ts";

/** The real bucket, which fails as it is told when something is stored. */
export function wrapBucket(real: R2Bucket): R2Bucket {
  const wrapped: Partial<R2Bucket> = {
    head: (key) => real.head(key),
    get: (key: string, options: R2GetOptions) => real.get(key, options),
    list: (options) => real.list(options),
    async delete(keys) {
      if (faults.bucket === "keeps") throw new Error("R2 is away");
      await real.delete(keys);
    },
    put: (async (key: string, value: ArrayBufferView, options: R2PutOptions) => {
      const stored = suffer().then(() => real.put(key, value, options));
      // It goes on when the request behind it is over.
      waitUntil(stored.catch(() => null));
      return stored;
    }) as R2Bucket["put"],
    createMultipartUpload: async (key, options) => {
      const upload = await real.createMultipartUpload(key, options);
      return wrapUpload(upload);
    },
  };
  return wrapped as R2Bucket;
}

function wrapUpload(real: R2MultipartUpload): R2MultipartUpload {
  const wrapped: Partial<R2MultipartUpload> = {
    key: real.key,
    uploadId: real.uploadId,
    async uploadPart(number, value) {
      // The first part arrives, and then it breaks.
      if (faults.bucket !== "breaks" || number > 1) await suffer();
      return real.uploadPart(number, value);
    },
    abort: () => real.abort(),
    async complete(parts) {
      await suffer();
      return real.complete(parts);
    },
  };
  return wrapped as R2MultipartUpload;
}

async function suffer(): Promise<void> {
  if (faults.bucket === "stalls") await new Promise<never>(() => undefined);
  // Longer than a call of the product waits.
  if (faults.bucket === "late") return wait(8_000);
  if (faults.bucket !== "works" && faults.bucket !== "keeps") throw new Error("R2 is away");
}
