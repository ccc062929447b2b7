import { Database } from "bun:sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HubStore } from "../../../src/core/hub-store.ts";
import { openHubDatabase } from "../../../src/platforms/bun/hub-database.ts";
import type { HubKeeper } from "../../../src/platforms/bun/hub-keeper.ts";
import { testHubStore } from "../../contracts/hub-store.ts";
import { sampleEvent } from "../../support/sample.ts";

const clock = { now: () => Date.UTC(2026, 0, 9) };
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-hubs-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const newFile = (): string => join(directory, `${crypto.randomUUID()}.sqlite`);

async function use<T>(file: string, work: (keeper: HubKeeper) => T | Promise<T>): Promise<T> {
  const keeper = openHubDatabase(new Database(file), clock);
  try {
    return await work(keeper);
  } finally {
    await keeper.close();
  }
}

async function storeOf(keeper: HubKeeper, userId: number): Promise<HubStore> {
  return (await keeper.open(userId, () => undefined))!.store;
}

describe("a hub store in the file of all hubs", () => {
  testHubStore(async () => {
    const file = newFile();
    const run = (query: string): void => {
      const raw = new Database(file);
      raw.run(query);
      raw.close();
    };
    return {
      use: (work) => use(file, async (keeper) => work(await storeOf(keeper, 1))),
      lose: async (part) => run(`DROP TABLE ${part}`),
      spoil: async (number) =>
        run(`UPDATE events SET body = substr(body, 1, 20) WHERE number = ${number}`),
    };
  });

  it("knows nothing of another hub", async () => {
    await use(newFile(), async (keeper) => {
      const [one, other] = [await storeOf(keeper, 1), await storeOf(keeper, 2)];
      one.append("message:1", sampleEvent(1), 512);
      one.saveConversation(7, { headSeq: 1, unreadVersion: 1 });
      one.redeemTicket("a", clock.now() / 1_000, clock.now());
      expect(other.epoch()).not.toBe(one.epoch());
      expect([other.head(), other.entriesAfter(0, 9), other.conversation(7)]).toEqual([
        0,
        [],
        null,
      ]);
      expect(other.redeemTicket("a", clock.now() / 1_000, clock.now())).toBe(true);
    });
  });
});

describe("hubs in the middle of something", () => {
  it("are found by what they remember", async () => {
    await use(newFile(), async (keeper) => {
      const change = async (userId: number, memory: object): Promise<void> => {
        const store = await storeOf(keeper, userId);
        store.saveMemory({ ...store.memory(), ...memory });
      };
      await change(1, {});
      await change(2, { isOnline: true });
      await change(3, { retryAt: 5 });
      await change(4, { lastSeenSaved: false });
      await change(5, { owed: [3] });
      await change(6, { untold: [{ senderId: 1, event: sampleEvent(1) }] });
      expect((await keeper.unsettled()).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6]);
    });
  });
});

describe("after the last process [HUB-2]", () => {
  const epochIn = (file: string): Promise<string> =>
    use(file, async (keeper) => (await storeOf(keeper, 1)).epoch());

  /** Leaves the file as a process would that ended so, on a machine that started then. */
  async function leave(
    file: string,
    { isClean, bootedAgo }: { isClean: number; bootedAgo: number },
  ) {
    const epoch = await epochIn(file);
    const raw = new Database(file);
    raw.run("UPDATE run SET is_clean = ?, booted_at = booted_at - ?", [isClean, bootedAgo]);
    raw.close();
    return epoch;
  }

  it.each([
    ["stopped", { isClean: 1, bootedAgo: 0 }, true],
    ["stopped before the machine did", { isClean: 1, bootedAgo: 3_600_000 }, true],
    ["was killed", { isClean: 0, bootedAgo: 0 }, true],
    ["lost its power", { isClean: 0, bootedAgo: 3_600_000 }, false],
  ])("%s, an epoch stays where nothing can be lost", async (_, how, stays) => {
    const file = newFile();
    const epoch = await leave(file, how);
    const next = await epochIn(file);
    expect(next === epoch).toBe(stays);
    expect(await epochIn(file)).toBe(next);
  });
});
