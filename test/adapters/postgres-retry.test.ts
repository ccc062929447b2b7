import { randomUUID } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createDatabase } from "../../src/adapters/postgres/database.ts";
import type { Driver } from "../../src/adapters/postgres/database.ts";
import { createPostgresHistoryStore } from "../../src/adapters/postgres/history-store.ts";
import { createNeonDatabase } from "../../src/adapters/postgres/neon-database.ts";
import { createPgDatabase } from "../../src/adapters/postgres/pg-database.ts";
import { createPgliteDatabase } from "../../src/adapters/postgres/pglite-database.ts";
import { createPostgresUserStore } from "../../src/adapters/postgres/user-store.ts";
import type { ReadTarget } from "../../src/ports/history-store.ts";
import { ChatError } from "../../src/protocol/error.ts";
import {
  allConversations,
  firstPage,
  messageFrom,
  newPair,
  sendAll,
} from "../contracts/history-people.ts";
import { migrationStatements } from "../support/migrations.ts";
import { createTestDatabase, realPostgresUrl } from "../support/real-services.ts";

const realUrl = await realPostgresUrl();
const one = { text: "select to_json(1) as result", params: [] };

function postgresError(code: string): Error {
  return Object.assign(new Error(code), { code, severity: "ERROR" });
}

/** Fails with each of the errors in turn, then answers 1. */
function createFailingDatabase(...errors: Error[]) {
  const tries = { count: 0 };
  const driver: Driver = async () => {
    tries.count += 1;
    const error = errors.shift();
    if (error) throw error;
    return [{ result: 1 }];
  };
  return { db: createDatabase(driver), tries };
}

describe("a database", () => {
  it.each([
    ["a lost connection", new TypeError("fetch failed")],
    ["a deadlock", postgresError("40P01")],
    ["a serialization failure", postgresError("40001")],
    ["a restart", postgresError("57P01")],
  ])("tries once more after %s", async (_, error) => {
    const { db, tries } = createFailingDatabase(error);
    expect(await db.query(one)).toEqual([1]);
    expect(tries.count).toBe(2);
  });

  it("is unavailable after the second failure, and says when to come back", async () => {
    const { db, tries } = createFailingDatabase(new Error("away"), new Error("still away"));
    const failure = await db.query(one).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ChatError);
    expect(failure).toMatchObject({
      code: "history-unavailable",
      cause: { message: "still away" },
    });
    expect((failure as ChatError).retryAfterMs).toBeGreaterThanOrEqual(1_000);
    expect(tries.count).toBe(2);
  });

  it.each(["23505", "42P01", "22021"])("does not repeat the mistake %s", async (code) => {
    const { db, tries } = createFailingDatabase(postgresError(code));
    await expect(db.query(one)).rejects.toThrow(code);
    expect(tries.count).toBe(1);
  });

  it("gives up on an answer that does not come", async () => {
    const signals: AbortSignal[] = [];
    const driver: Driver = (_, signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    const db = createDatabase(driver, { timeoutMs: 20 });
    await expect(db.query(one)).rejects.toMatchObject({ code: "history-unavailable" });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it("gives up a second try before a request must be answered [ERR-2]", async () => {
    vi.useFakeTimers();
    try {
      const db = createDatabase(() => new Promise(() => undefined));
      const failure = db.query(one).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(8_000);
      await expect(
        Promise.race([failure, Promise.resolve("still trying")]),
      ).resolves.toBeInstanceOf(ChatError);
    } finally {
      vi.useRealTimers();
    }
  });

  it("behind a closed port is unavailable at once", async () => {
    const fetchEndpoint = "http://127.0.0.1:9/sql";
    const db = createNeonDatabase("postgresql://a:b@localhost/c", { fetchEndpoint });
    await expect(db.query(one)).rejects.toMatchObject({ code: "history-unavailable" });
  });
});

describe("an answer that is lost after the commit", () => {
  let pglite: PGlite;
  let losses = 0;

  beforeAll(async () => {
    pglite = await PGlite.create();
    for (const statement of await migrationStatements()) await pglite.exec(statement);
  }, 30_000);

  afterAll(() => pglite.close());

  function createStores() {
    const db = createPgliteDatabase({
      async transaction(work) {
        const answer = await pglite.transaction(work);
        losses -= 1;
        if (losses >= 0) throw new Error("connection reset");
        return answer;
      },
    });
    return { users: createPostgresUserStore(db), history: createPostgresHistoryStore(db) };
  }

  it.each([null, "k"])("stores a message with client id %j once [SEND-2]", async (clientId) => {
    const { users, history } = createStores();
    const { alice, bob } = await newPair(users);
    losses = 1;
    const outcome = await history.sendMessage(messageFrom(alice, bob, { clientId }));
    expect(outcome).toMatchObject({ status: "stored", receiverUnread: { count: 1, version: 1 } });
    expect((await history.readHistory(bob.id, alice.id, firstPage))!.messages).toHaveLength(1);
  });

  it("lets a client's own retry find the message [SEND-2]", async () => {
    const { users, history } = createStores();
    const { alice, bob } = await newPair(users);
    await history.sendMessage(messageFrom(bob, alice));
    const message = messageFrom(alice, bob, { clientId: "k" });
    losses = 2;
    await expect(history.sendMessage(message)).rejects.toMatchObject({
      code: "history-unavailable",
    });
    expect(await history.sendMessage(message)).toMatchObject({ status: "replayed" });
  });

  it.each(["messages", "conversation", "sender"] as const)(
    "marks as read by %s once and still tells what it marked [READ-1] [UNREAD-1]",
    async (by) => {
      const { users, history } = createStores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2", "3", "4"]);
      const [early, ...rest] = sent.map(({ id }) => id);
      await history.markRead(bob.id, { by: "messages", messageIds: [early!] });
      await new Promise((resolve) => setTimeout(resolve, 2));
      const { conversationId } = sent[0]!;
      const targets: Record<ReadTarget["by"], ReadTarget> = {
        messages: { by: "messages", messageIds: [early!, ...rest] },
        conversation: { by: "conversation", conversationId },
        sender: { by: "sender", senderId: alice.id },
      };
      losses = 1;
      const changes = await history.markRead(bob.id, targets[by]);
      const unread = { count: 0, version: 6 };
      expect(changes).toMatchObject([{ conversationId, messageIds: rest, unread }]);
      expect(await history.listUnread(bob.id)).toMatchObject([unread]);
      expect(await history.markRead(bob.id, targets[by])).toEqual([]);
    },
  );

  it("opens a conversation once", async () => {
    const { users, history } = createStores();
    const { alice, bob } = await newPair(users);
    losses = 1;
    const opened = await history.openConversation(alice.id, bob.id);
    expect(await history.listConversations(alice.id, allConversations)).toEqual([
      opened!.conversation,
    ]);
  });

  it("creates an account once and still answers it", async () => {
    const { users } = createStores();
    const username = randomUUID();
    const account = { externalId: username, username, fullName: "", passwordHash: "salted" };
    losses = 1;
    expect(await users.createAccount(account)).toMatchObject({ username });
    expect(await users.createAccount({ ...account, passwordHash: "other" })).toBeNull();
  });
});

describe.runIf(realUrl)("a send behind a lock that nobody gives back", () => {
  it("is unavailable in time, and stored once when it is sent again [SEND-2]", async () => {
    const { url, drop } = await createTestDatabase();
    const pool = new Pool({ connectionString: url, pipeline: true });
    pool.on("error", () => undefined);
    const db = createPgDatabase(pool, { timeoutMs: 150 });
    const [users, history] = [createPostgresUserStore(db), createPostgresHistoryStore(db)];
    const { alice, bob } = await newPair(users);
    await history.sendMessage(messageFrom(alice, bob));
    const holder = await pool.connect();
    await holder.query("begin");
    await holder.query("select from conversations for update");
    const message = messageFrom(alice, bob, { clientId: "k" });
    await expect(history.sendMessage(message)).rejects.toMatchObject({
      code: "history-unavailable",
    });
    await holder.query("rollback");
    holder.release();
    await history.sendMessage(message);
    const { messages } = (await history.readHistory(bob.id, alice.id, firstPage))!;
    expect(messages.map(({ seq }) => seq)).toEqual([2, 1]);
    await pool.end();
    await drop();
  }, 20_000);
});
