import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe } from "vitest";
import { createSqliteHubStore } from "../../../src/platforms/cloudflare/sqlite-hub-store.ts";
import { testHubStore } from "../../contracts/hub-store.ts";

const bornAt = Date.UTC(2026, 0, 9);

describe("a hub store in a Durable Object", () => {
  testHubStore(async () => {
    const stub = env.USER_HUB.get(env.USER_HUB.newUniqueId());
    const run = (query: string, ...bindings: number[]): Promise<void> =>
      runInDurableObject(stub, (_, { storage }) => void storage.sql.exec(query, ...bindings));
    return {
      use: (work) =>
        runInDurableObject(stub, (_, { storage }) =>
          work(createSqliteHubStore(storage.sql, bornAt)),
        ),
      lose: (part) => run(`DROP TABLE ${part}`),
      spoil: (number) =>
        run("UPDATE events SET body = substr(body, 1, 20) WHERE number = ?", number),
    };
  });
});
