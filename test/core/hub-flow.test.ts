import { describe, expect, test } from "vitest";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import type { FakeConnection } from "../support/fake-connection.ts";
import { createHubRig, type HubRig } from "../support/hub-rig.ts";
import { sampleEvent } from "../support/sample.ts";

const kib = 1_024;
/** Of everything without a number, and of events that nobody acknowledges. */
const mostBytes = 4 * kib * kib;
const mostSpans = 150;

/** Delivers the next event and lets the hub sleep. */
function deliver(rig: HubRig, text = "x"): void {
  rig.hub.inbox.deliver(sampleEvent(rig.store.head() + 1, { text }), rig.now);
  rig.now += 15_000;
  rig.sleep();
}

function acknowledge(rig: HubRig, connection: FakeConnection, number: number): void {
  rig.hub.acknowledge(connection, number, rig.now);
}

/** Answers with a megabyte until the connection is closed; how often that went. */
function answerUntilClosed(rig: HubRig, connection: FakeConnection): number {
  for (let count = 1; count <= 20; count += 1) {
    rig.hub.answered(connection, kib * kib);
    if (!connection.isOpen) return count;
    rig.sleep();
  }
  return Infinity;
}

describe("the window of a connection whose hub sleeps between events", () => {
  test("is full after 128 events all the same [FLOW-1]", () => {
    const rig = createHubRig();
    const [slow, quick] = [rig.join(), rig.join()];
    for (let number = 1; number <= 129; number += 1) {
      deliver(rig);
      acknowledge(rig, quick, number);
      expect(slow.closedWith).toBe(number <= 128 ? null : closeCodes.slow);
    }
    expect(quick.closedWith).toBeNull();
  });

  test("is full after 256 KiB all the same, counted as UTF-8 [FLOW-1]", () => {
    const rig = createHubRig();
    const slow = rig.join();
    // Two bytes each, so that characters alone would take twice as many events.
    const text = "é".repeat(8 * kib);
    for (let count = 1; count <= 16; count += 1) deliver(rig, text);
    expect(slow.closedWith).toBeNull();
    deliver(rig, text);
    expect(slow.closedWith).toBe(closeCodes.slow);
  });

  test("has room again for what was acknowledged before or after the sleep [FLOW-1]", () => {
    const rig = createHubRig({ limits: { windowEvents: 4 } });
    const connection = rig.join();
    for (let number = 1; number <= 4; number += 1) deliver(rig);
    acknowledge(rig, connection, 2);
    rig.sleep();
    deliver(rig);
    deliver(rig);
    expect(connection.closedWith).toBeNull();
    deliver(rig);
    expect(connection.closedWith).toBe(closeCodes.slow);
    expect(connection.numbers()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("ends at 4 MiB for one that never acknowledged, and begins anew when it comes back [WS-5]", () => {
    const rig = createHubRig();
    const trusting = rig.join(null, { acknowledges: false });
    const text = "x".repeat(15 * kib);
    let count = 0;
    while (trusting.isOpen && count < 1_000) {
      deliver(rig, text);
      count += 1;
    }
    expect(trusting.closedWith).toBe(closeCodes.slow);
    expect(count * 15 * kib).toBeGreaterThan(mostBytes * 0.9);
    expect(count * 15 * kib).toBeLessThan(mostBytes * 1.1);
    const again = rig.join(`epoch1-${count - 1}`, { acknowledges: false });
    expect(again.numbers()).toEqual([count]);
    deliver(rig, text);
    expect(again.closedWith).toBeNull();
  });

  test("takes little room beside the socket, however much is on the way [FLOW-1]", () => {
    const rig = createHubRig({ limits: { windowEvents: 100_000 } });
    const [quiet, trusting] = [rig.join(), rig.join(null, { acknowledges: false })];
    for (let count = 1; count <= 1_000; count += 1) {
      rig.hub.inbox.deliver(sampleEvent(count), rig.now);
      for (const each of [quiet, trusting]) rig.hub.answered(each, 10);
    }
    for (const each of [quiet, trusting]) {
      expect(each.closedWith).toBe(each === quiet ? closeCodes.slow : null);
      expect(each.flow().spans.length).toBeLessThanOrEqual(mostSpans);
      expect(each.flow().sent).toBe(each.numbers().at(-1));
    }
    acknowledge(rig, trusting, 1_000);
    expect(trusting.flow().spans).toEqual([{ number: 1_000, events: 0, others: 10 }]);
  });
});

describe("a connection that asks and never says what has arrived", () => {
  test.each([[true], [false]])(
    "is closed with 4008 at 4 MiB of answers, whether it acknowledges or not [FLOW-1] [WS-5]",
    (acknowledges) => {
      const rig = createHubRig();
      const connection = rig.join(null, { acknowledges });
      expect(answerUntilClosed(rig, connection)).toBe(4);
      expect(connection.closedWith).toBe(closeCodes.slow);
    },
  );

  test("is not helped by naming an event from before the answers while others are on the way [FLOW-1]", () => {
    const rig = createHubRig();
    const connection = rig.join();
    deliver(rig);
    rig.hub.answered(connection, 2 * kib * kib);
    deliver(rig);
    for (let count = 0; count < 3; count += 1) acknowledge(rig, connection, 1);
    expect(answerUntilClosed(rig, connection)).toBe(2);
  });

  test("has room again once it names a later event, or the newest again [FLOW-1]", () => {
    const rig = createHubRig();
    const connection = rig.join();
    for (let round = 1; round <= 20; round += 1) {
      rig.hub.answered(connection, kib * kib);
      deliver(rig);
      acknowledge(rig, connection, round);
    }
    expect(connection.flow().spans).toEqual([{ number: 20, events: 0, others: 0 }]);
    for (let round = 1; round <= 20; round += 1) {
      rig.hub.answered(connection, kib * kib);
      acknowledge(rig, connection, 20);
    }
    expect(connection.closedWith).toBeNull();
    expect(answerUntilClosed(rig, connection)).toBe(4);
  });

  test("pays for presence and typing as well [FLOW-1]", () => {
    const rig = createHubRig({ limits: { windowBytes: 64 } });
    const connection = rig.join();
    const signal = { type: "presence", userId: 1, isOnline: true, lastSeen: null } as const;
    let count = 0;
    while (connection.isOpen && count < 1_000) {
      rig.hub.signal(signal);
      count += 1;
    }
    expect(connection.closedWith).toBe(closeCodes.slow);
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(20);
  });
});
