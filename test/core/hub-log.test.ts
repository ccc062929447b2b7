import { describe, expect, test } from "vitest";
import { createHubRig, start } from "../support/hub-rig.ts";
import { alice, bob, sampleEvent, sampleMessage } from "../support/sample.ts";

describe("the log of a hub", () => {
  test("[HUB-1] numbers durable events from 1 and sends them to every connection", () => {
    const rig = createHubRig();
    const [phone, laptop] = [rig.join(), rig.join()];
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.inbox.deliver(sampleEvent(2), rig.now);
    expect(phone.numbers()).toEqual([1, 2]);
    expect(laptop.numbers()).toEqual([1, 2]);
  });

  test("[HUB-1] keeps at least the last 512 events", () => {
    const rig = createHubRig();
    for (let seq = 1; seq <= 700; seq++) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    expect(rig.store.head()).toBe(700);
    expect(rig.store.oldest()).toBeLessThanOrEqual(700 - 511);
  });

  test("[HUB-3] has an event in the log when it is sent", () => {
    const rig = createHubRig();
    const connection = rig.join();
    connection.send = () => {
      expect(rig.store.head()).toBe(1);
      return 1;
    };
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    expect.assertions(1);
  });

  test("[HUB-4] changes nothing when an event is delivered again", () => {
    const rig = createHubRig();
    const connection = rig.join();
    const readAt = "2026-01-09T10:35:00.000Z";
    const read = {
      type: "read",
      conversationId: 1,
      reader: alice,
      messageIds: [7],
      readAt,
    } as const;
    for (const _ of [1, 2, 3]) {
      rig.hub.inbox.deliver(sampleEvent(1), rig.now);
      rig.hub.inbox.deliver({ ...read, messageIds: [7] }, rig.now);
    }
    expect(connection.numbers()).toEqual([1, 2]);
  });

  test("[HUB-4] ignores an old message again after it has left the log", () => {
    const rig = createHubRig();
    for (let seq = 1; seq <= 600; seq++) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    expect(rig.store.head()).toBe(600);
  });

  test("[HUB-5] leaves a message beyond a hole alone and names the hole", () => {
    const rig = createHubRig();
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    const hole = rig.hub.inbox.deliver(sampleEvent(4), rig.now);
    expect(hole).toMatchObject({ conversationId: 1, fromSeq: 2, toSeq: 3 });
    expect(rig.store.head()).toBe(1);
  });

  test("[HUB-5] logs what fills a hole in order, and then what lies beyond it", () => {
    const rig = createHubRig();
    const connection = rig.join();
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    const hole = rig.hub.inbox.deliver(sampleEvent(4), rig.now);
    const missing = [sampleMessage(2), sampleMessage(3)];
    rig.hub.inbox.repair(missing, hole!, rig.now);
    expect(rig.hub.inbox.deliver(sampleEvent(4), rig.now)).toBeNull();
    expect(rig.hub.inbox.deliver(sampleEvent(3), rig.now)).toBeNull();
    const texts = connection.frames.flatMap((frame) =>
      frame.kind === "event"
        ? [(JSON.parse(frame.body) as { message: { seq: number } }).message.seq]
        : [],
    );
    expect(texts).toEqual([1, 2, 3, 4]);
  });

  test("[HUB-5] asks only for what was written since the hub exists", () => {
    const rig = createHubRig();
    const hole = rig.hub.inbox.deliver(sampleEvent(900), rig.now);
    expect(Date.parse(hole!.since)).toBeGreaterThan(start - 60_000);
    expect(Date.parse(hole!.since)).toBeLessThan(start);
  });

  test("[HUB-6] names what the history has and the hub was never told", () => {
    const rig = createHubRig();
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    const recent = new Date(start + 1_000).toISOString();
    const old = new Date(start - 86_400_000).toISOString();
    const heads = [
      { conversationId: 1, partnerId: 1, headSeq: 3, unreadVersion: 4, lastMessageAt: recent },
      { conversationId: 2, partnerId: 3, headSeq: 50, unreadVersion: 0, lastMessageAt: old },
      { conversationId: 3, partnerId: 4, headSeq: 0, unreadVersion: 0, lastMessageAt: null },
    ];
    expect(rig.hub.inbox.holes(heads, rig.now)).toMatchObject([
      { conversationId: 1, fromSeq: 2, toSeq: 3 },
    ]);
  });

  test("[UNREAD-2] remembers the newest unread version of each conversation", () => {
    const rig = createHubRig();
    const message = sampleMessage(1);
    rig.hub.inbox.deliver({ type: "message", message, unread: { count: 1, version: 7 } }, rig.now);
    rig.hub.inbox.deliver({ type: "message", message, unread: { count: 1, version: 5 } }, rig.now);
    const readAt = "2026-01-09T10:35:00.000Z";
    const unread = { count: 0, version: 9 };
    rig.hub.inbox.deliver(
      { type: "read", conversationId: 4, reader: bob, messageIds: [9], readAt, unread },
      rig.now,
    );
    expect(rig.store.unreadVersions()).toEqual([
      [1, 7],
      [4, 9],
    ]);
  });
});
