import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { S3Client } from "bun";
import type { LocalConfig } from "../machine/config.ts";
import type { Assets } from "./assets.ts";
import { readBucket } from "./config.ts";
import { createDiskAttachmentStore } from "./disk-attachment-store.ts";
import type { Stores } from "./ports.ts";
import { openPglite, openPostgres } from "./postgres.ts";
import { openRedis } from "./redis.ts";
import { createS3AttachmentStore } from "./s3-attachment-store.ts";

export interface OpenStores extends Stores {
  close(): Promise<void>;
}

/** Opens Postgres, migrated, Redis and the files, each where the settings say or in the data directory. */
export async function openStores(config: LocalConfig, assets: Assets): Promise<OpenStores> {
  const { dataDir, databaseUrl, redisUrl } = config;
  await using opened = new AsyncDisposableStack();
  const postgres = await (databaseUrl === undefined
    ? openPglite(join(dataDir, "postgres"), assets)
    : openPostgres(databaseUrl, assets));
  opened.defer(() => postgres.close());
  const redis = redisUrl === undefined ? null : await openRedis(redisUrl);
  if (redis) opened.defer(() => redis.close());
  const files = await openFiles(dataDir);
  const stack = opened.move();
  return {
    database: postgres.database,
    redis: redis?.redis ?? null,
    ...files,
    close: () => stack.disposeAsync(),
  };
}

type Files = Pick<Stores, "attachments" | "checkAttachments">;

async function openFiles(dataDir: string): Promise<Files> {
  const bucket = readBucket(process.env);
  if (bucket) {
    const client = new S3Client(bucket);
    return {
      attachments: createS3AttachmentStore(client),
      async checkAttachments() {
        await client.exists("attachments/none");
        return "answers";
      },
    };
  }
  const directory = join(dataDir, "attachments");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return {
    attachments: createDiskAttachmentStore(directory),
    async checkAttachments() {
      await access(directory, constants.W_OK);
      return "answers";
    },
  };
}
