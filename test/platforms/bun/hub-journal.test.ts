import { Database } from "bun:sqlite";
import { copyFileSync, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryHubStore } from "../../../src/adapters/memory/hub-store.ts";
import type { HubStore } from "../../../src/core/hub-store.ts";
import { openHubDatabase } from "../../../src/platforms/bun/hub-database.ts";
import type { KeptHub } from "../../../src/platforms/bun/hub-keeper.ts";
import { partner } from "../../contracts/lost-log.ts";
import { sampleEvent } from "../../support/sample.ts";

const clock = { now: () => Date.UTC(2026, 0, 9) };
const userIds = [1, 2, 3, 4, 5, 6];
const keep = 512;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-journal-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

type Change = (store: HubStore) => void;
type Step =
  | { do: "change"; userId: number; change: Change }
  | { do: "commit" | "crash" | "fail" }
  | { do: "read" | "rest"; userId: number };

const userId = fc.constantFrom(1, 2, 3);
const small = fc.integer({ min: 1, max: 60 });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(small, fc.constantFrom(1, 1, 100, 150)).map(([first, count]): Change => (store) => {
    for (let seq = first; seq < first + count; seq += 1)
      store.append(`message:${seq}`, sampleEvent(seq), keep);
  }),
  small.map(
    (id): Change =>
      (store) =>
        void store.append(`read:${id}`, sampleEvent(id), keep),
  ),
  fc.tuple(small, small).map(
    ([id, headSeq]): Change =>
      (store) =>
        store.saveConversation(id, { headSeq, unreadVersion: headSeq % 7 }),
  ),
  fc.tuple(small, small).map(
    ([id, at]): Change =>
      (store) =>
        store.savePartner(partner(id, at)),
  ),
  small.map(
    (revision): Change =>
      (store) =>
        store.saveMemory({ ...store.memory(), revision }),
  ),
  fc.constant<Change>((store) => store.renew(clock.now())),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("change" as const), userId, change }) },
  { weight: 6, arbitrary: fc.constant<Step>({ do: "commit" }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("read", "rest"), userId }) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: "crash" }, { do: "fail" }) },
);

/** What can be seen of a store. */
function look(store: HubStore) {
  return {
    head: store.head(),
    oldest: store.oldest(),
    entries: store.entriesAfter(0, keep).map(({ number, body }) => [number, body]),
    conversations: Array.from({ length: 60 }, (_, id) => store.conversation(id + 1)),
    versions: store.unreadVersions().toSorted(([a], [b]) => a - b),
    partners: Array.from({ length: 60 }, (_, id) => store.partner(id + 1)),
    watchers: store.watchers(0).toSorted((a, b) => a - b),
    memory: store.memory(),
  };
}

function lookAfter(changes: Change[]) {
  const store = createMemoryHubStore("e", 0);
  for (const made of changes) made(store);
  return look(store);
}

const newFile = (): string => join(directory, `${crypto.randomUUID()}.sqlite`);

/** `chapterLength`: after how much the journal is cut. */
function openFile(chapterLength: number) {
  let file = newFile();
  let database = new Database(file);
  let keeper = openHubDatabase(database, clock, { chapterLength });

  return {
    keeper: () => keeper,
    /** What a full disk does to a transaction. */
    rollBack: () => void database.run("ROLLBACK"),
    /** The process is gone; only what is in its files stays. */
    crash() {
      const copy = newFile();
      for (const end of ["", "-wal"]) {
        if (existsSync(file + end)) copyFileSync(file + end, copy + end);
      }
      database.close();
      file = copy;
      database = new Database(file);
      keeper = openHubDatabase(database, clock, { chapterLength });
    },
  };
}

/** A file of hubs beside what it has to hold: the changes that were committed. */
function openPlay(chapterLength: number) {
  const file = openFile(chapterLength);
  const open = new Map<number, KeptHub>();
  const kept = new Map(userIds.map((id): [number, Change[]] => [id, []]));
  let turn: { userId: number; change: Change }[] = [];

  async function hub(id: number): Promise<KeptHub> {
    const known = open.get(id) ?? (await file.keeper().open(id, () => open.delete(id)))!;
    open.set(id, known);
    return known;
  }

  return {
    async change(id: number, made: Change) {
      made((await hub(id)).store);
      turn.push({ userId: id, change: made });
    },
    async commit() {
      await (await hub(1)).gate.kept();
      for (const each of turn) kept.get(each.userId)!.push(each.change);
      turn = [];
    },
    async fail() {
      const { store, gate } = await hub(1);
      store.saveMemory(store.memory());
      file.rollBack();
      await gate.kept().catch(() => undefined);
      turn = [];
    },
    crash() {
      file.crash();
      open.clear();
      turn = [];
    },
    async rest(id: number) {
      (await hub(id)).rest();
      open.delete(id);
    },
    headOf: async (id: number) => (await hub(id)).store.head(),
    /** The store, and one that was given the same. */
    async compare(id: number) {
      const pending = turn.filter((each) => each.userId === id).map((each) => each.change);
      const expected = lookAfter([...kept.get(id)!, ...pending]);
      expect(look((await hub(id)).store)).toEqual(expected);
    },
    close: () => file.keeper().close(),
  };
}

type Play = ReturnType<typeof openPlay>;

async function take(play: Play, each: Step): Promise<void> {
  switch (each.do) {
    case "change":
      return play.change(each.userId, each.change);
    case "read":
      return play.compare(each.userId);
    case "rest":
      return play.rest(each.userId);
    case "commit":
      return play.commit();
    case "fail":
      return play.fail();
    case "crash":
      return play.crash();
  }
}

describe("what hubs write", () => {
  it("is there after it was kept, whatever happens, and nothing else is [HUB-3]", async () => {
    const steps = fc.array(step, { minLength: 5, maxLength: 60 });
    const chapterLengths = fc.constantFrom(500, 20_000, 1_000_000);
    await fc.assert(
      fc.asyncProperty(steps, chapterLengths, async (taken, chapterLength) => {
        const play = openPlay(chapterLength);
        for (const each of taken) await take(play, each);
        for (const id of userIds) await play.compare(id);
        await play.close();
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it("stays in the journal until all of an older part is carried out [HUB-3]", async () => {
    const play = openPlay(100_000);
    const fill: Change = (store) => {
      for (let seq = 1; seq <= 30; seq += 1)
        store.append(`message:${seq}`, sampleEvent(seq, { text: "x".repeat(200) }), keep);
    };
    for (const id of userIds) {
      await play.change(id, fill);
      await play.commit();
    }
    // The last of them began to carry it out, and could not do all.
    play.crash();
    for (const id of userIds) {
      expect(await play.headOf(id)).toBe(30);
      await play.compare(id);
    }
    await play.close();
  });

  it("leaves a journal that does not grow", async () => {
    const database = new Database(newFile());
    const keeper = openHubDatabase(database, clock);
    const { store, gate } = (await keeper.open(1, () => undefined))!;
    const text = "x".repeat(50_000);
    const query = database.query<{ length: number }, []>(
      "SELECT coalesce(sum(length(writes)), 0) AS length FROM journal",
    );
    let longest = 0;
    for (let seq = 1; seq <= 300; seq += 1) {
      store.append(`message:${seq}`, sampleEvent(seq, { text }), 512);
      await gate.kept();
      longest = Math.max(longest, query.get()!.length);
    }
    expect(longest).toBeGreaterThan(1_000_000);
    expect(longest).toBeLessThan(9_000_000);
    expect(store.entriesAfter(0, 512)).toHaveLength(300);
    await keeper.close();
  });
});
