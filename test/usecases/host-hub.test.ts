import { describe, expect, test } from "vitest";
import type { HistoryStore } from "../../src/ports/history-store.ts";
import type { UserHubs } from "../../src/ports/user-hub.ts";
import type { UserStore } from "../../src/ports/user-store.ts";
import { createHubHost } from "../../src/usecases/host-hub.ts";
import { createHubRig, start } from "../support/hub-rig.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { sampleEvent, sampleMessage } from "../support/sample.ts";

interface Surroundings {
  hubs?: Partial<UserHubs>;
  history?: Partial<HistoryStore>;
}

function createHosted({ hubs = {}, history = {} }: Surroundings) {
  const rig = createHubRig();
  const clock = createManualClock(start);
  const errors: string[] = [];
  const host = createHubHost({
    userId: 2,
    hub: rig.hub,
    hubs: hubs as UserHubs,
    history: history as HistoryStore,
    users: {} as UserStore,
    clock,
    log: { info: () => undefined, error: (event) => void errors.push(event) },
  });
  return { rig, host, clock, errors };
}

const online = {
  presence: { userId: 1, isOnline: true, lastSeen: null, revision: 5 },
  watchUntil: 0,
};

describe("a hosted hub", () => {
  test("[PRES-4] answers two questions for presence at once alike", async () => {
    const visit = Promise.withResolvers<typeof online>();
    const { rig, host } = createHosted({ hubs: { visit: () => visit.promise } });
    rig.hub.presence.introduce([1]);
    const questions = [host.listPresence(), host.listPresence()];
    visit.resolve(online);
    const answers = await Promise.all(questions);
    expect(answers.map((each) => each?.[0]?.isOnline)).toEqual([true, true]);
  });

  test("[PRES-2] visits a partner again whose hub was away", async () => {
    let isAway = true;
    const visit = async () => {
      if (isAway) throw new Error("away");
      return online;
    };
    const { rig, host, clock, errors } = createHosted({ hubs: { visit } });
    rig.hub.presence.introduce([1]);
    expect(await host.listPresence()).toMatchObject([{ isOnline: false }]);
    expect(errors).toEqual(["presence.missed"]);
    isAway = false;
    clock.advance(15_000);
    await host.wake();
    expect(rig.hub.presence.partners()).toMatchObject([{ isOnline: true }]);
  });

  test("[HUB-5] lets no other conversation wait for the filling of a hole", async () => {
    const range = Promise.withResolvers<ReturnType<typeof sampleMessage>[]>();
    const { rig, host } = createHosted({ history: { listRange: () => range.promise } });
    const connection = rig.join();
    await host.deliver([sampleEvent(1)]);
    const beyond = host.deliver([sampleEvent(3)]);
    const later = host.deliver([sampleEvent(4)]);
    await host.deliver([sampleEvent(1, { id: 900, conversationId: 9 })]);
    expect(connection.numbers()).toEqual([1, 2]);
    range.resolve([sampleMessage(2)]);
    await Promise.all([beyond, later]);
    const seqs = connection.frames.flatMap((frame) =>
      frame.kind === "event"
        ? [(JSON.parse(frame.body) as { message: { seq: number } }).message.seq]
        : [],
    );
    expect(seqs).toEqual([1, 1, 2, 3, 4]);
  });

  test("[HUB-5] leaves out nothing when the history is away, and takes the event when it comes again", async () => {
    let isAway = true;
    const listRange = async () => {
      if (isAway) throw new Error("away");
      return [sampleMessage(2)];
    };
    const { rig, host } = createHosted({ history: { listRange } });
    await host.deliver([sampleEvent(1)]);
    await expect(host.deliver([sampleEvent(3)])).rejects.toThrow("away");
    expect(rig.store.head()).toBe(1);
    isAway = false;
    await host.deliver([sampleEvent(3)]);
    expect(rig.store.head()).toBe(3);
  });

  test("[READ-2] tells a sender later whose hub was away", async () => {
    let isAway = true;
    const told: number[] = [];
    const deliver = async (userId: number) => {
      if (isAway) throw new Error("away");
      told.push(userId);
    };
    const deliveredAt = "2026-01-09T10:30:30.000Z";
    const change = { conversationId: 1, senderId: 1, messageIds: [101], deliveredAt };
    const { rig, host, clock } = createHosted({
      hubs: { deliver, visit: async () => online },
      history: { markDelivered: async () => [change] },
    });
    const connection = rig.join();
    await host.deliver([sampleEvent(1)]);
    rig.hub.acknowledge(connection, 1, clock.now());
    clock.advance(1_000);
    await host.wake();
    expect(told).toEqual([]);
    isAway = false;
    clock.advance(15_000);
    await host.wake();
    expect(told).toEqual([1]);
  });
});
