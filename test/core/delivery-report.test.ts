import { describe, expect, test } from "vitest";
import { createHubRig } from "../support/hub-rig.ts";
import { alice, bob, sampleEvent } from "../support/sample.ts";

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
    expect(rig.hub.report.collect()).toEqual({ messageIds: [101, 102], upTo: 2 });
    rig.hub.report.done(2);
    expect(rig.hub.report.dueAt()).toBeNull();
    rig.hub.acknowledge(connection, 4, rig.now);
    expect(rig.hub.report.collect()).toEqual({ messageIds: [103], upTo: 4 });
  });

  test("[READ-2] takes a presented cursor for an acknowledgement", () => {
    const rig = createHubRig();
    for (const seq of [1, 2, 3]) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
    rig.sleep();
    rig.join("epoch1-2");
    expect(rig.hub.report.dueAt()).toBe(rig.now + 1_000);
    expect(rig.hub.report.collect()).toEqual({ messageIds: [101, 102], upTo: 2 });
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
    const { messageIds, upTo } = rig.hub.report.collect();
    expect(messageIds).toEqual([101]);
    rig.hub.report.done(upTo);
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
    expect(rig.hub.report.collect()).toEqual({ messageIds: [101, 102], upTo: 2 });
  });

  test("[READ-2] is not made for what the user sent", () => {
    const rig = createHubRig({ userId: 1 });
    const connection = rig.join();
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.acknowledge(connection, 1, rig.now);
    expect(rig.hub.report.dueAt()).toBeNull();
  });
});
