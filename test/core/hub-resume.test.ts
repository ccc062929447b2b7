import { describe, expect, test } from "vitest";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import type { FakeConnection } from "../support/fake-connection.ts";
import { createHubRig } from "../support/hub-rig.ts";
import { sampleEvent } from "../support/sample.ts";

function rigWith(events: number, limits = {}) {
  const rig = createHubRig({ limits });
  for (let seq = 1; seq <= events; seq++) rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
  return rig;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Acknowledges what came until nothing more comes. */
function readAll(rig: ReturnType<typeof createHubRig>, connection: FakeConnection): void {
  let seen = -1;
  while (seen !== connection.frames.length) {
    seen = connection.frames.length;
    rig.hub.acknowledge(connection, connection.numbers().at(-1) ?? 0, rig.now);
  }
}

describe("resuming", () => {
  test("[RESUME-1] starts a first connection with ready and nothing old", () => {
    const connection = rigWith(5).join();
    expect(connection.frames).toEqual([{ kind: "ready", id: "epoch1-5" }]);
  });

  test("[RESUME-1] replays what is newer than the last event id, then says ready", () => {
    const connection = rigWith(5).join("epoch1-3");
    expect(connection.numbers()).toEqual([4, 5]);
    expect(connection.kinds()).toEqual(["event", "event", "ready"]);
  });

  test("[RESUME-1] replays everything from 0 while the log reaches back to 1", () => {
    expect(rigWith(5).join("epoch1-0").numbers()).toEqual([1, 2, 3, 4, 5]);
  });

  test("[RESUME-1] says only ready to who has seen everything", () => {
    expect(rigWith(5).join("epoch1-5").kinds()).toEqual(["ready"]);
  });

  test("[RESUME-1] replays from the oldest event that is kept", () => {
    const rig = rigWith(700);
    const edge = rig.store.oldest() - 1;
    const connection = rig.join(`epoch1-${edge}`);
    readAll(rig, connection);
    expect(connection.numbers()).toEqual(range(edge + 1, 700));
    expect(connection.kinds().at(-1)).toBe("ready");
  });

  test.each([
    ["an id older than the log", 700, (oldest: number) => `epoch1-${oldest - 2}`, "log-too-short"],
    ["an id from the future", 5, () => "epoch1-6", "unknown-cursor"],
    ["an id of another epoch", 5, () => "epoch0-3", "unknown-cursor"],
    ["garbage", 5, () => "Robert'); DROP TABLE", "unknown-cursor"],
    ["a negative number", 5, () => "epoch1--1", "unknown-cursor"],
    ["a number with leading zeros", 5, () => "epoch1-003", "unknown-cursor"],
    ["a number beyond exact integers", 5, () => "epoch1-99999999999999999999", "unknown-cursor"],
  ])("[RESUME-2] answers reset and ready to %s", (...row) => {
    const [, events, cursor, reason] = row;
    const rig = rigWith(events);
    const connection = rig.join(cursor(rig.store.oldest()));
    const id = `epoch1-${events}`;
    expect(connection.frames).toEqual([
      { kind: "reset", id, reason },
      { kind: "ready", id },
    ]);
  });

  test("[RESUME-1] loses and repeats nothing that lands during a long replay", () => {
    const rig = rigWith(300);
    const connection = rig.join("epoch1-0");
    expect(connection.kinds()).not.toContain("ready");
    for (let seq = 301; seq <= 320; seq++) {
      rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
      rig.hub.acknowledge(connection, connection.numbers().at(-1)!, rig.now);
    }
    readAll(rig, connection);
    rig.hub.inbox.deliver(sampleEvent(321), rig.now);
    expect(connection.numbers()).toEqual(range(1, 321));
    expect(connection.kinds().filter((kind) => kind === "ready")).toHaveLength(1);
  });

  test("[RESUME-1] goes on with a replay after the hub has slept", () => {
    const rig = rigWith(300);
    const connection = rig.join("epoch1-0");
    rig.sleep();
    readAll(rig, connection);
    expect(connection.numbers()).toEqual(range(1, 300));
  });
});

describe("flow control", () => {
  test("[FLOW-1] a replay never has more than the window on the way", () => {
    const rig = rigWith(300, { windowEvents: 10 });
    const connection = rig.join("epoch1-0");
    expect(connection.numbers()).toEqual(range(1, 10));
    rig.hub.acknowledge(connection, 4, rig.now);
    expect(connection.numbers()).toEqual(range(1, 14));
  });

  test("[FLOW-1] a live connection is closed at the event after the 128th that is on the way", () => {
    const rig = createHubRig();
    const [slow, quick] = [rig.join(), rig.join()];
    for (let seq = 1; seq <= 129; seq++) {
      rig.hub.inbox.deliver(sampleEvent(seq), rig.now);
      rig.hub.acknowledge(quick, seq, rig.now);
      expect(slow.closedWith).toBe(seq <= 128 ? null : closeCodes.slow);
    }
    expect(quick.closedWith).toBeNull();
    expect(quick.numbers()).toEqual(range(1, 129));
  });

  test("[FLOW-1] a live connection is closed when 256 KiB are on the way", () => {
    const rig = createHubRig();
    const slow = rig.join();
    const text = "x".repeat(16 * 1024);
    for (let seq = 1; seq <= 17; seq++) rig.hub.inbox.deliver(sampleEvent(seq, { text }), rig.now);
    expect(slow.closedWith).toBe(closeCodes.slow);
    expect(JSON.stringify(slow.frames).length).toBeLessThan(300 * 1024);
  });

  test("[FLOW-1] an acknowledgement of what was never sent is ignored", () => {
    const rig = rigWith(300, { windowEvents: 10 });
    const connection = rig.join("epoch1-0");
    for (const number of [Number.NaN, 301, -1, 1.5, 1e300]) {
      rig.hub.acknowledge(connection, number, rig.now);
    }
    expect(connection.numbers()).toEqual(range(1, 10));
  });

  test("[FLOW-2] the 21st connection closes the oldest", () => {
    const rig = createHubRig();
    const connections = range(1, 21).map(() => {
      rig.now += 1;
      return rig.join();
    });
    expect(connections.map((each) => each.closedWith)).toEqual([
      closeCodes.replaced,
      ...range(2, 21).map(() => null),
    ]);
  });

  test("[FLOW-1] a replay without acknowledgements is cut rather than left standing", () => {
    const rig = createHubRig({ limits: { windowBytes: 1_000 } });
    const text = "x".repeat(1_000);
    for (let seq = 1; seq <= 40; seq++) rig.hub.inbox.deliver(sampleEvent(seq, { text }), rig.now);
    const connection = rig.join("epoch1-0", { acknowledges: false });
    expect(connection.closedWith).toBe(closeCodes.slow);
    expect(connection.numbers().length).toBeGreaterThan(0);
  });

  test("[WS-3] a send is answered in its message's place, to the connection that asked, once", () => {
    const rig = createHubRig();
    const [asking, other] = [rig.join(), rig.join()];
    const question = { id: asking.id, answer: { ref: 7 }, isTold: false };
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    rig.hub.inbox.deliver(sampleEvent(2), rig.now, question);
    rig.hub.inbox.deliver(sampleEvent(3), rig.now);
    expect(asking.numbers()).toEqual([1, 2, 3]);
    expect(asking.answers).toEqual([undefined, undefined, { ref: 7 }, undefined]);
    expect(other.answers.every((each) => each === undefined)).toBe(true);
    expect(question.isTold).toBe(true);
  });
});
