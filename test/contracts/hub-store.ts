import { beforeEach, describe, expect, it } from "vitest";
import { newHubMemory, type HubStore } from "../../src/core/hub-store.ts";
import { alice, sampleEvent } from "../support/sample.ts";
import {
  numbersOf,
  partner,
  testLostLog,
  type HubStorePlace,
  type UseHubStore,
} from "./lost-log.ts";

const later = Date.UTC(2026, 0, 9, 11, 0, 0);

/** Events about the messages 1 to `count`; those already there stay. */
function append(store: HubStore, count: number, keep = 512): void {
  for (let seq = 1; seq <= count; seq += 1) store.append(`message:${seq}`, sampleEvent(seq), keep);
}

/** `create` gives a store that was never used. */
export function testHubStore(create: () => Promise<HubStorePlace>): void {
  let use: UseHubStore;

  beforeEach(async () => {
    ({ use } = await create());
  });

  describe("a new store", () => {
    it("knows nothing and has an empty log", async () => {
      const seen = await use((store) => ({
        head: store.head(),
        oldest: store.oldest(),
        entries: store.entriesAfter(0, 10),
        memory: store.memory(),
        versions: store.unreadVersions(),
        partners: store.partners(10),
        conversation: store.conversation(1),
        partner: store.partner(1),
      }));
      expect(seen).toEqual({
        head: 0,
        oldest: 1,
        entries: [],
        memory: newHubMemory,
        versions: [],
        partners: [],
        conversation: null,
        partner: null,
      });
    });

    it("keeps its epoch and its birth, and another has another epoch [HUB-2]", async () => {
      const read = (store: HubStore) => ({ epoch: store.epoch(), bornAt: store.bornAt() });
      const first = await use(read);
      expect(first.epoch).toMatch(/^[a-z0-9]{1,32}$/);
      expect(await use(read)).toEqual(first);
      expect((await (await create()).use(read)).epoch).not.toBe(first.epoch);
    });
  });

  describe("the log", () => {
    it("numbers events from 1 and gives them back as they were [HUB-1]", async () => {
      const given = await use((store) => [
        store.append("message:1", sampleEvent(1), 512),
        store.append(
          "message:2",
          sampleEvent(2, { text: "ünï 'quoted' \u0000 👩‍👧", sender: alice }),
          512,
        ),
      ]);
      const kept = await use((store) => store.entriesAfter(0, 10));
      expect(kept).toEqual(given);
      expect(kept.map((entry) => entry.number)).toEqual([1, 2]);
      expect(kept.map((entry): unknown => JSON.parse(entry.body))).toEqual([
        sampleEvent(1),
        sampleEvent(2, { text: "ünï 'quoted' \u0000 👩‍👧", sender: alice }),
      ]);
    });

    it("takes a key once, and gives no number away for a second one [HUB-4]", async () => {
      await use((store) => append(store, 2));
      const again = await use((store) => [
        store.append("message:1", sampleEvent(9), 512),
        store.append("message:3", sampleEvent(3), 512)?.number,
        store.append("message:3", sampleEvent(3), 512),
      ]);
      expect(again).toEqual([null, 3, null]);
      expect(await use((store) => store.head())).toBe(3);
      expect(await use((store) => numbersOf(store))).toEqual([1, 2, 3]);
    });

    it("gives what is after a number, at most as many as asked for", async () => {
      await use((store) => append(store, 20));
      const pages = await use((store) => [
        numbersOf(store, 17),
        numbersOf(store, 20),
        numbersOf(store, 99),
        numbersOf(store, 4, 3),
      ]);
      expect(pages).toEqual([[18, 19, 20], [], [], [5, 6, 7]]);
    });

    it.each([1, 8, 64, 100])(
      "keeps at least the newest %i, without holes [HUB-1]",
      async (keep) => {
        await use((store) => append(store, 300, keep));
        const { head, oldest, numbers } = await use((store) => ({
          head: store.head(),
          oldest: store.oldest(),
          numbers: numbersOf(store),
        }));
        expect(head).toBe(300);
        expect(oldest).toBeLessThanOrEqual(301 - keep);
        expect(oldest).toBeGreaterThan(301 - keep - 64);
        expect(numbers).toEqual(Array.from({ length: 301 - oldest }, (_, index) => oldest + index));
      },
    );
  });

  describe("what a hub knows of others", () => {
    it("is a conversation's state, replaced as a whole", async () => {
      await use((store) => {
        store.saveConversation(7, { headSeq: 3, unreadVersion: 2 });
        store.saveConversation(8, { headSeq: 1, unreadVersion: 0 });
        store.saveConversation(7, { headSeq: 4, unreadVersion: 9 });
      });
      expect(await use((store) => store.conversation(7))).toEqual({ headSeq: 4, unreadVersion: 9 });
      expect(await use((store) => store.conversation(9))).toBeNull();
    });

    it("are the unread versions above 0 [UNREAD-2]", async () => {
      await use((store) => {
        store.saveConversation(7, { headSeq: 3, unreadVersion: 2 });
        store.saveConversation(8, { headSeq: 1, unreadVersion: 0 });
        store.saveConversation(9, { headSeq: 1, unreadVersion: 5 });
      });
      const versions = await use((store) => store.unreadVersions());
      expect(versions.toSorted(([a], [b]) => a - b)).toEqual([
        [7, 2],
        [9, 5],
      ]);
    });

    it("are partners, the most recently active first, as many as asked for", async () => {
      await use((store) => {
        for (const [id, at] of [
          [3, 30],
          [1, 10],
          [2, 20],
          [4, 40],
        ] as const) {
          store.savePartner(partner(id, at));
        }
        store.savePartner(partner(1, 50, true));
      });
      const ids = await use((store) => [
        store.partners(10).map((each) => each.presence.userId),
        store.partners(2).map((each) => each.presence.userId),
      ]);
      expect(ids).toEqual([
        [1, 4, 3, 2],
        [1, 4],
      ]);
      expect(await use((store) => store.partner(1))).toEqual(partner(1, 50, true));
    });

    it("is its own memory", async () => {
      const changed = { ...newHubMemory, isOnline: true, revision: 5, graceUntil: later };
      await use((store) => store.saveMemory(changed));
      expect(await use((store) => store.memory())).toEqual(changed);
    });
  });

  testLostLog(create);

  describe("a ticket", () => {
    const expiresAt = later / 1_000;

    it("is redeemed once [AUTH-2]", async () => {
      const redeem = (id: string) => use((store) => store.redeemTicket(id, expiresAt, later - 5));
      expect([await redeem("a"), await redeem("a"), await redeem("b")]).toEqual([
        true,
        false,
        true,
      ]);
    });

    it("stays used for as long as it is valid [AUTH-2]", async () => {
      await use((store) => store.redeemTicket("a", expiresAt, later - 30_000));
      expect(await use((store) => store.redeemTicket("a", expiresAt, later))).toBe(false);
    });
  });
}
