import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe } from "vitest";
import { createR2AttachmentStore } from "../../../src/platforms/cloudflare/r2-attachment-store.ts";
import { testAttachmentStore } from "../../contracts/attachment-store.ts";

describe("an attachment store in R2", () => {
  testAttachmentStore(async () => {
    await reset();
    return createR2AttachmentStore(env.ATTACHMENTS);
  });
});
