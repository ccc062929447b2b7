import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/memory/clock.ts";
import type { Database } from "../../src/adapters/postgres/database.ts";
import { checkPostgres } from "../../src/adapters/postgres/diagnostics.ts";
import { createGatheredMarks } from "../../src/adapters/postgres/gather-marks.ts";
import { createGatheredSends } from "../../src/adapters/postgres/gather-sends.ts";
import { createPostgresHistoryStore } from "../../src/adapters/postgres/history-store.ts";
import { createPostgresUploadNotes } from "../../src/adapters/postgres/upload-notes.ts";
import { createPostgresUserStore } from "../../src/adapters/postgres/user-store.ts";
import { testHistoryStore } from "./history-store.ts";
import { testUploadNotes } from "./upload-notes.ts";
import { testUserStore } from "./user-store.ts";

export interface OpenDatabase {
  database: Database;
  close(): Promise<void>;
}

/** Everything that is kept in Postgres, through one driver. Answers how a test gets the open database. */
export function testPostgresStores(open: () => Promise<OpenDatabase>): () => OpenDatabase {
  let opened: OpenDatabase;

  beforeAll(async () => {
    opened = await open();
  }, 60_000);

  afterAll(() => opened.close());

  describe("a history store", () => {
    testHistoryStore(async () => storesOver(opened.database));
  });

  describe("a history store that gathers", () => {
    testHistoryStore(async () => ({
      ...storesOver(opened.database),
      history: createPostgresHistoryStore(opened.database, {
        sendMessage: createGatheredSends(opened.database),
        markDelivered: createGatheredMarks(opened.database, systemClock),
      }),
    }));
  });

  describe("a user store", () => {
    testUserStore(async () => createPostgresUserStore(opened.database));
  });

  describe("notes of uploads", () => {
    testUploadNotes(async () => {
      const { database } = opened;
      const pass = "update uploads set remove_after = remove_after - interval '61 minutes'";
      const drop = "delete from users where id = $1::bigint";
      return {
        ...storesOver(database),
        letAnHourPass: async () => void (await database.query({ text: pass, params: [] })),
        deleteUser: async (id) => void (await database.query({ text: drop, params: [id] })),
      };
    });
  });

  it("answers a check", async () => {
    expect(await checkPostgres(opened.database).check()).toBe("answers");
  });

  return () => opened;
}

function storesOver(database: Database) {
  return {
    users: createPostgresUserStore(database),
    history: createPostgresHistoryStore(database),
    uploads: createPostgresUploadNotes(database),
  };
}
