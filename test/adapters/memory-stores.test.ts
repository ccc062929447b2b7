import { describe } from "vitest";
import { createMemoryAttachmentStore } from "../../src/adapters/memory/attachment-store.ts";
import { testAttachmentStore } from "../contracts/attachment-store.ts";
import { testHubStore } from "../contracts/hub-store.ts";
import { createKeptHubStore } from "../support/kept-hub-store.ts";

describe("a hub store in memory", () => {
  testHubStore(async () => {
    const kept = createKeptHubStore();
    return {
      async use(work) {
        const result = work(kept.open(1));
        kept.keep();
        return result;
      },
      lose: async (part) => kept.lose(part),
      spoil: async (number) => kept.spoil(number),
    };
  });
});

describe("an attachment store in memory", () => {
  testAttachmentStore(async () => createMemoryAttachmentStore());
});
