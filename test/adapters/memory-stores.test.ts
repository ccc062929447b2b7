import { describe } from "vitest";
import { createMemoryAttachmentStore } from "../../src/adapters/memory/attachment-store.ts";
import { createMemoryHubStore } from "../../src/adapters/memory/hub-store.ts";
import { testAttachmentStore } from "../contracts/attachment-store.ts";
import { testHubStore } from "../contracts/hub-store.ts";

describe("a hub store in memory", () => {
  let count = 0;

  testHubStore(async () => {
    count += 1;
    const store = createMemoryHubStore(`epoch${count}`, 1);
    return async (work) => work(store);
  });
});

describe("an attachment store in memory", () => {
  testAttachmentStore(async () => createMemoryAttachmentStore());
});
