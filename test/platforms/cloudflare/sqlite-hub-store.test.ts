import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe } from "vitest";
import { createSqliteHubStore } from "../../../src/platforms/cloudflare/sqlite-hub-store.ts";
import { testHubStore } from "../../contracts/hub-store.ts";

const bornAt = Date.UTC(2026, 0, 9);

describe("a hub store in a Durable Object", () => {
  testHubStore(async () => {
    const stub = env.USER_HUB.get(env.USER_HUB.newUniqueId());
    return (work) =>
      runInDurableObject(stub, (_, { storage }) => work(createSqliteHubStore(storage.sql, bornAt)));
  });
});
