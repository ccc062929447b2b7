import { describe, expect, test } from "vitest";
import { createHubRig } from "../support/hub-rig.ts";
import { alice, bob, sampleEvent, sampleMessage } from "../support/sample.ts";

describe("the report of what was delivered", () => {
  test("[READ-2] names incoming messages that a connection acknowledged, once, after a second", () => {
    const rig = createHubRig();
    const connection = rig.join();
    for (const seq of [1, 2, 3]) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    rig.hub.inbox.deliver(sampleEvent(4, { sender: bob, receiver: alice }), rig.now);
    expect(rig.hub.report.dueAt()).toBeNull();
    rig.hub.acknowledge(connection, 2, rig.now);
    expect(rig.hub.report.dueAt()).toBe(rig.now + 1_000);
    expect(rig.hub.wakeAt(rig.now)).toBe(rig.now);
    expect(rig.hub.report.collect()).toEqual({ messageIds: [101, 102], numbers: [1, 2] });
    rig.hub.report.done([1, 2], []);
    expect(rig.hub.report.dueAt()).toBeNull();
    rig.hub.acknowledge(connection, 4, rig.now);
    expect(rig.hub.report.collect()).toEqual({ messageIds: [103], numbers: [3] });
    rig.hub.report.done([3], []);
    rig.hub.acknowledge(rig.join("epoch1-0"), 4, rig.now);
    expect(rig.hub.report.dueAt()).toBeNull();
  });

  test("[READ-2] takes a presented cursor for an acknowledgement", () => {
    const rig = createHubRig();
    for (const seq of [1, 2, 3]) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    rig.sleep();
    rig.join("epoch1-2");
    expect(rig.hub.report.dueAt()).toBe(rig.now + 1_000);
    expect(rig.hub.report.collect()).toEqual({ messageIds: [101, 102], numbers: [1, 2] });
  });

  test("[READ-2] that was under way when the log was lost says nothing of the next one's numbers", () => {
    const { report, inbox } = createHubRig().hub;
    inbox.deliver(sampleEvent(1), 0);
    report.acknowledge(0, 1, 0);
    const { numbers } = report.collect();
    report.forget();
    report.expect(1, sampleMessage(2));
    report.acknowledge(0, 1, 0);
    report.done(numbers, []);
    expect(report.collect()).toEqual({ messageIds: [102], numbers: [1] });
  });

  test("[READ-2] is not due again while it is made, but for what arrives meanwhile", () => {
    const rig = createHubRig();
    const connection = rig.join();
    for (const seq of [1, 2]) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    rig.hub.acknowledge(connection, 1, rig.now);
    const { numbers } = rig.hub.report.collect();
    expect(rig.hub.report.dueAt()).toBeNull();
    rig.hub.acknowledge(connection, 2, rig.now + 500);
    expect(rig.hub.report.dueAt()).toBe(rig.now + 1_500);
    rig.hub.report.done(numbers, []);
    expect(rig.hub.report.dueAt()).toBe(rig.now + 1_500);
    expect(rig.hub.report.collect().messageIds).toEqual([102]);
  });

  test("[READ-2] is due again after it failed", () => {
    const rig = createHubRig();
    const connection = rig.join();
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.acknowledge(connection, 1, rig.now);
    rig.hub.report.failed(rig.now);
    expect(rig.hub.report.dueAt()).toBe(rig.now + 15_000);
    expect(rig.hub.report.collect().messageIds).toEqual([101]);
  });

  test("[READ-2] that failed is due at once when the hub wakes, and only until it is made", () => {
    const rig = createHubRig();
    const connection = rig.join();
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.acknowledge(connection, 1, rig.now);
    rig.hub.report.failed(rig.now);
    rig.sleep();
    expect(rig.hub.report.dueAt()).toBe(0);
    const { messageIds, numbers } = rig.hub.report.collect();
    expect(messageIds).toEqual([101]);
    rig.hub.report.done(numbers, []);
    rig.sleep();
    expect(rig.hub.report.dueAt()).toBeNull();
  });

  test("[READ-2] that failed takes with it what is delivered before the hub sleeps", () => {
    const rig = createHubRig();
    const connection = rig.join();
    for (const seq of [1, 2]) {
      rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
      rig.hub.acknowledge(connection, seq, rig.now);
      if (seq === 1) rig.hub.report.failed(rig.now);
    }
    expect(rig.hub.report.dueAt()).toBe(rig.now + 15_000);
    rig.sleep();
    expect(rig.hub.report.collect()).toEqual({ messageIds: [101, 102], numbers: [1, 2] });
  });

  test("[READ-2] leaves out what a new client was never sent, now and when it comes back", () => {
    const rig = createHubRig();
    for (const seq of [1, 2]) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    const fresh = rig.join();
    rig.hub.acknowledge(fresh, 2, rig.now);
    rig.hub.inbox.deliver(sampleEvent(3), rig.now);
    rig.hub.acknowledge(fresh, 3, rig.now);
    expect(rig.hub.report.collect()).toEqual({ messageIds: [103], numbers: [3] });
    rig.hub.report.done([3], []);
    rig.sleep();
    rig.join("epoch1-3");
    expect(rig.hub.report.collect().messageIds).not.toContain(101);
  });

  test("[READ-2] trusts a connection that never acknowledges to have what it was sent", () => {
    const rig = createHubRig();
    rig.join(null, { acknowledges: false });
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    expect(rig.hub.report.collect()).toEqual({ messageIds: [101], numbers: [1] });
  });

  test("[READ-2] tells each sender, and those later whose hubs were away", () => {
    const rig = createHubRig();
    const event = { type: "delivered", conversationId: 1, receiverId: 2, messageIds: [7] } as const;
    const at = "2026-01-09T10:30:30.000Z";
    const receipts = [1, 3].map((senderId) => ({
      senderId,
      event: { ...event, messageIds: [7], deliveredAt: at },
    }));
    rig.hub.report.done([], receipts);
    rig.hub.report.told(rig.hub.report.untold().slice(0, 1), rig.now);
    expect(rig.hub.report.untold()).toEqual(receipts.slice(1));
    expect(rig.hub.report.dueAt()).toBe(rig.now + 15_000);
    rig.sleep();
    expect(rig.hub.report.dueAt()).toBe(0);
    rig.hub.report.told(rig.hub.report.untold(), rig.now);
    expect(rig.hub.report.untold()).toEqual([]);
  });

  test("[READ-2] is written down only where a sender's hub was away", () => {
    const rig = createHubRig();
    rig.join(null, { acknowledges: false });
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.presence.announced(rig.hub.presence.announcement(rig.now)!, [], rig.now);
    const before = rig.store.memory();
    expect(rig.hub.wakeAt(rig.now)).toBe(rig.now + 1_000);
    expect(rig.hub.wakeFromSleepAt(rig.now)).toBeNull();
    const deliveredAt = "2026-01-09T10:30:30.000Z";
    const event = { type: "delivered", conversationId: 1, receiverId: 2, deliveredAt } as const;
    const receipt = { senderId: 1, event: { ...event, messageIds: [101] } };
    rig.hub.report.done([1], [receipt]);
    expect(rig.hub.report.untold()).toEqual([receipt]);
    rig.hub.report.told([receipt], rig.now);
    expect(rig.store.memory()).toBe(before);

    rig.hub.report.done([], [receipt]);
    rig.hub.report.told([], rig.now);
    expect(rig.hub.wakeFromSleepAt(rig.now)).toBe(rig.now + 15_000);
    rig.sleep();
    expect(rig.hub.report.untold()).toEqual([receipt]);
  });

  test("[READ-2] is not made for what the user sent", () => {
    const rig = createHubRig({ userId: 1 });
    const connection = rig.join();
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.acknowledge(connection, 1, rig.now);
    expect(rig.hub.report.dueAt()).toBeNull();
  });
});
