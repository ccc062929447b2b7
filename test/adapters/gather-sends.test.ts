import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/adapters/postgres/database.ts";
import { createGatheredSends } from "../../src/adapters/postgres/gather-sends.ts";
import { createPostgresHistoryStore } from "../../src/adapters/postgres/history-store.ts";
import { createPgDatabase } from "../../src/adapters/postgres/pg-database.ts";
import { createPostgresUserStore } from "../../src/adapters/postgres/user-store.ts";
import type { NewMessage } from "../../src/ports/history-store.ts";
import { expectSent, messageFrom, newPair } from "../contracts/history-people.ts";
import { createTestDatabase, realPostgresUrl } from "../support/real-services.ts";

type Counted = Database & { tries: { together: number; alone: number } };

/** Counts the ways in which messages were stored: by a statement or by a transaction. */
function count(database: Database): Counted {
  const tries = { together: 0, alone: 0 };
  return {
    tries,
    query(statement) {
      tries.together += 1;
      return database.query(statement);
    },
    attempt(statement) {
      tries.together += 1;
      return database.attempt(statement);
    },
    transaction(statements) {
      tries.alone += 1;
      return database.transaction(statements);
    },
  };
}

describe.runIf(await realPostgresUrl())("sends that are gathered", () => {
  const opened = new AsyncDisposableStack();
  let pool: Pool;
  let real: Database;

  beforeAll(async () => {
    const { url, drop } = await createTestDatabase();
    opened.defer(drop);
    pool = new Pool({ connectionString: url, max: 16, pipeline: true });
    opened.defer(() => pool.end());
    real = createPgDatabase(pool);
  });

  afterAll(() => opened.disposeAsync());

  /** Pairs who have written to each other before, and what the first of each writes next. */
  async function conversations(pairs: number): Promise<NewMessage[]> {
    const users = createPostgresUserStore(real);
    const send = createGatheredSends(real);
    return Promise.all(
      Array.from({ length: pairs }, async () => {
        const { alice, bob } = await newPair(users);
        await send(messageFrom(bob, alice, { text: "first" }));
        return messageFrom(alice, bob, { text: "second", clientId: "k" });
      }),
    );
  }

  it("are one commit where they come at one moment, each with its own answer [SEND-1]", async () => {
    const messages = await conversations(20);
    const database = count(real);
    const send = createGatheredSends(database);
    const outcomes = await Promise.all(messages.map((message) => send(message)));
    expect(database.tries).toEqual({ together: 1, alone: 0 });
    const sent = outcomes.map((outcome) => expectSent(outcome).message);
    expect(sent.map(({ sender, receiver, seq }) => [sender.id, receiver.id, seq])).toEqual(
      messages.map(({ senderId, receiverId }) => [senderId, receiverId, 2]),
    );
  });

  it("fail and are refused each for itself [SEND-2]", async () => {
    const [first, second, third, fourth] = await conversations(4);
    await createGatheredSends(real)(first!);
    const send = createGatheredSends(real);
    const outcomes = await Promise.allSettled(
      // No text of Postgres holds a NUL, and so the commit of all of them fails.
      [first!, { ...second!, text: "\u0000" }, third!, { ...fourth!, receiverId: 0 }].map(send),
    );
    const statuses = outcomes.map((each) =>
      each.status === "fulfilled" ? each.value.status : "failed",
    );
    expect(statuses).toEqual(["replayed", "failed", "stored", "unknown-receiver"]);
  });

  it("do not wait for one whose conversation somebody else has locked [SEND-3]", async () => {
    const [blocked, ...others] = await conversations(4);
    const holder = await pool.connect();
    await holder.query("begin");
    await holder.query("select from conversations where direct_key = $1 for update", [
      [blocked!.senderId, blocked!.receiverId].toSorted((a, b) => a - b).join(":"),
    ]);
    const database = count(real);
    const send = createGatheredSends(database, { atOnce: 1 });
    let isBlocked = true;
    const late = send(blocked!).finally(() => {
      isBlocked = false;
    });
    await Promise.all(others.map(send));
    expect(isBlocked).toBe(true);
    expect(database.tries).toEqual({ together: 1, alone: 1 });
    await holder.query("commit");
    holder.release();
    expect(expectSent(await late).message.seq).toBe(2);
  });

  it("are stored once where the answer of their commit was lost [SEND-2]", async () => {
    const messages = await conversations(3);
    const send = createGatheredSends({
      ...real,
      async attempt(statement) {
        await real.attempt(statement);
        throw new Error("the connection broke");
      },
    });
    const outcomes = await Promise.all(messages.map(send));
    expect(outcomes.map((outcome) => expectSent(outcome).message.seq)).toEqual([2, 2, 2]);
    expect(outcomes.map((outcome) => expectSent(outcome).receiverUnread.count)).toEqual([1, 1, 1]);
  });

  it("of one conversation follow one another [SEND-3]", async () => {
    const [message] = await conversations(1);
    const database = count(real);
    const send = createGatheredSends(database);
    const outcomes = await Promise.all(
      ["a", "b", "c"].map((text) => send({ ...message!, text, clientId: text })),
    );
    expect(outcomes.map((outcome) => expectSent(outcome).message.seq)).toEqual([2, 3, 4]);
    expect(database.tries).toEqual({ together: 3, alone: 0 });
  });

  it("are one statement also alone, but for the first, a repeated and a refused one [SEND-2]", async () => {
    const { alice, bob } = await newPair(createPostgresUserStore(real));
    const database = count(real);
    const send = createPostgresHistoryStore(database).sendMessage;
    const first = messageFrom(alice, bob, { text: "first", clientId: "1" });
    const second = { ...first, text: "second", clientId: "2" };
    const outcomes = [
      await send(first),
      await send(second),
      await send(second),
      await send({ ...second, text: "third" }),
    ];
    expect(outcomes.map(({ status }) => status)).toEqual([
      "stored",
      "stored",
      "replayed",
      "conflict",
    ]);
    expect(database.tries).toEqual({ together: 4, alone: 3 });
  });
});
