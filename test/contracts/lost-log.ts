import { beforeEach, describe, expect, it } from "vitest";
import type { HubStore, Partner } from "../../src/core/hub-store.ts";
import { createHub } from "../../src/core/hub.ts";
import { defaultLimits } from "../../src/protocol/limits.ts";
import { createFakeConnection, type FakeConnection } from "../support/fake-connection.ts";
import { bob, sampleEvent } from "../support/sample.ts";

/** Gives the store to the work; a store that outlives its process is opened again each time. */
export type UseHubStore = <T>(work: (store: HubStore) => T) => Promise<T>;

/** One store, and how to harm it. */
export interface HubStorePlace {
  use: UseHubStore;
  lose(part: "events" | "conversations"): Promise<void>;
  /** Makes an entry unreadable. */
  spoil(number: number): Promise<void>;
}

const later = Date.UTC(2026, 0, 9, 11, 0, 0);

export function partner(userId: number, activeAt: number, isOnline = false): Partner {
  const presence = { userId, isOnline, lastSeen: null, revision: activeAt };
  return { presence, watchUntil: 5, activeAt, heardAt: 7 };
}

export const numbersOf = (store: HubStore, after = 0, limit = 10_000): number[] =>
  store.entriesAfter(after, limit).map((entry) => entry.number);

/** A hub over the store, with a connection that comes from there. */
function join(store: HubStore, lastEventId: string): FakeConnection {
  const connection = createFakeConnection("c1", later);
  const options = { userId: bob.id, store, limits: defaultLimits, now: later };
  const hub = createHub({ ...options, connections: () => [connection] });
  hub.open(connection, later);
  hub.join(connection, lastEventId, later);
  for (const seq of [1, 2]) hub.inbox.deliver(sampleEvent(seq), later);
  return connection;
}

/** Every store of a hub loses its log in the same way. */
export function testLostLog(create: () => Promise<HubStorePlace>): void {
  let place: HubStorePlace;
  let use: UseHubStore;

  beforeEach(async () => {
    place = await create();
    ({ use } = place);
  });

  describe("a log that was lost", () => {
    const fill = async (): Promise<string> => {
      await use((store) => join(store, ""));
      return use((store) => store.epoch());
    };

    /** What who was at number 1 is told by a hub over the store, and then what the store holds. */
    const comeBack = async (epoch: string) => {
      const frames = await use((store) => join(store, `${epoch}-1`).frames);
      const { now, numbers, versions } = await use((store) => ({
        now: store.epoch(),
        numbers: numbersOf(store),
        versions: store.conversation(1),
      }));
      return { frames, now, numbers, versions };
    };

    const expectNewLog = (
      epoch: string,
      { frames, now, numbers, versions }: Awaited<ReturnType<typeof comeBack>>,
    ) => {
      expect(now).not.toBe(epoch);
      expect(frames.slice(0, 2)).toEqual([
        { kind: "reset", id: `${now}-0`, reason: "unknown-cursor" },
        { kind: "ready", id: `${now}-0` },
      ]);
      expect(frames.slice(2).map((each) => each.kind === "event" && each.id)).toEqual([
        `${now}-1`,
        `${now}-2`,
      ]);
      expect([numbers, versions?.headSeq]).toEqual([[1, 2], 2]);
    };

    it.each(["events", "conversations"] as const)(
      "but for everything beside its %s has another epoch [HUB-2] [RESUME-2]",
      async (part) => {
        const epoch = await fill();
        await place.lose(part);
        expectNewLog(epoch, await comeBack(epoch));
      },
    );

    it("because an entry cannot be read has another epoch [HUB-2] [RESUME-2]", async () => {
      const epoch = await fill();
      await place.spoil(2);
      expectNewLog(epoch, await comeBack(epoch));
    });

    it("stays where nothing was [HUB-2]", async () => {
      const epoch = await fill();
      const { frames, now } = await comeBack(epoch);
      expect(now).toBe(epoch);
      expect(frames.map(({ kind }) => kind)).toEqual(["event", "ready"]);
    });

    it("takes nothing along but the log and the conversations, for good", async () => {
      await fill();
      const first = await use((store) => {
        store.savePartner(partner(9, 4));
        store.redeemTicket("a", later / 1_000, later - 5);
        store.saveMemory({ ...store.memory(), revision: 77 });
        store.renew(later + 5);
        store.append("message:1", sampleEvent(1), 512);
        return store.epoch();
      });
      const seen = await use((store) => ({
        epoch: store.epoch(),
        bornAt: store.bornAt(),
        numbers: numbersOf(store),
        hasConversations: store.hasConversations(),
        conversation: store.conversation(1),
        partner: store.partner(9),
        isNew: store.redeemTicket("a", later / 1_000, later),
        revision: store.memory().revision,
      }));
      expect(seen).toEqual({
        epoch: first,
        bornAt: later + 5,
        numbers: [1],
        hasConversations: false,
        conversation: null,
        partner: partner(9, 4),
        isNew: false,
        revision: 77,
      });
    });
  });
}
