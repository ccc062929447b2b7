import { describe, expect, test } from "vitest";
import { createHubRig, type HubRig } from "../support/hub-rig.ts";
import { sampleEvent } from "../support/sample.ts";

const stale = 75_000;
const grace = 5_000;

/** Tells whoever waits for news, as a host would. */
function announce(rig: HubRig) {
  const news = rig.hub.presence.announcement(rig.now);
  if (news) rig.hub.presence.announced(news, [], rig.now);
  return news;
}

function visitor(userId: number, isOnline: boolean, { revision = 1, watchUntil = 0 } = {}) {
  return { presence: { userId, isOnline, lastSeen: null, revision }, watchUntil };
}

describe("a user's own presence", () => {
  test("[PRES-1] is online from the first connection on and tells every partner once", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1, 3]);
    rig.join();
    const news = announce(rig);
    expect(news?.to.toSorted()).toEqual([1, 3]);
    expect(news?.visit.presence).toMatchObject({ userId: 2, isOnline: true, lastSeen: null });
    rig.join();
    expect(announce(rig)).toBeNull();
  });

  test("[PRES-5] is offline only after the grace, with the time of the absence", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1]);
    const connection = rig.join();
    announce(rig);
    rig.hub.presence.receive(visitor(1, true, { watchUntil: rig.now + 60_000 }), rig.now);
    rig.leave(connection);
    expect(announce(rig)).toBeNull();
    expect(rig.hub.wakeAt(rig.now)).toBe(rig.now + grace);
    rig.now += grace;
    rig.hub.presence.refresh(rig.now);
    const lastSeen = new Date(rig.now).toISOString();
    expect(announce(rig)?.visit.presence).toMatchObject({ isOnline: false, lastSeen });
    expect(rig.store.memory()).toMatchObject({ lastSeen, lastSeenSaved: false });
    expect(rig.hub.wakeAt(rig.now)).toBeNull();
  });

  test("[PRES-5] a reload within the grace is no news", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1]);
    const connection = rig.join();
    announce(rig);
    rig.leave(connection);
    rig.now += grace - 1;
    rig.join();
    rig.now += grace;
    rig.hub.presence.refresh(rig.now);
    expect(announce(rig)).toBeNull();
    expect(rig.store.memory().isOnline).toBe(true);
  });

  test("[PRES-1] a connection without a sign of life for 75 s does not count", () => {
    const rig = createHubRig();
    const connection = rig.join();
    rig.now += stale - 1;
    rig.hub.presence.refresh(rig.now);
    expect(rig.store.memory().graceUntil).toBeNull();
    rig.now += 1;
    rig.hub.presence.refresh(rig.now);
    rig.now += grace;
    rig.hub.presence.refresh(rig.now);
    expect(rig.store.memory().isOnline).toBe(false);
    connection.signOfLife = rig.now;
    rig.hub.presence.refresh(rig.now);
    expect(rig.store.memory().isOnline).toBe(true);
  });

  test("[PRES-1] connections that vanished without a close event are noticed at the next sweep", () => {
    const rig = createHubRig();
    const connection = rig.join();
    announce(rig);
    connection.isOpen = false;
    rig.sleep();
    rig.now += 5 * 60_000;
    rig.hub.presence.refresh(rig.now);
    rig.now += grace;
    rig.hub.presence.refresh(rig.now);
    expect(rig.store.memory().isOnline).toBe(false);
  });

  test("[PRES-2] absence is told only to those who want to know", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1, 3]);
    const connection = rig.join();
    announce(rig);
    rig.hub.presence.receive(visitor(1, true, { watchUntil: rig.now + 60_000 }), rig.now);
    rig.hub.presence.receive(visitor(3, false), rig.now);
    rig.leave(connection);
    rig.now += grace;
    rig.hub.presence.refresh(rig.now);
    expect(announce(rig)?.to).toEqual([1]);
  });
});

describe("the presence of others", () => {
  test("[PRES-2] a change is pushed to every connection, once", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1]);
    const connection = rig.join();
    rig.hub.presence.receive(visitor(1, true, { revision: 5 }), rig.now);
    rig.hub.presence.receive(visitor(1, true, { revision: 6 }), rig.now);
    const signals = connection.frames.filter((frame) => frame.kind === "signal");
    expect(signals).toEqual([
      { kind: "signal", signal: { type: "presence", userId: 1, isOnline: true, lastSeen: null } },
    ]);
  });

  test("[PRES-3] an older report is ignored", () => {
    const rig = createHubRig();
    rig.hub.presence.receive(visitor(1, true, { revision: 5 }), rig.now);
    rig.hub.presence.receive(visitor(1, false, { revision: 4 }), rig.now);
    expect(rig.hub.presence.partners()).toMatchObject([{ userId: 1, isOnline: true }]);
  });

  test("[PRES-4] someone who only asks is kept informed for five minutes", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1]);
    rig.hub.presence.watch(rig.now);
    expect(announce(rig)).toMatchObject({ to: [1], visit: { watchUntil: rig.now + 300_000 } });
    rig.hub.presence.watch(rig.now + 299_999);
    expect(announce(rig)).toBeNull();
    rig.now += 300_000;
    rig.hub.presence.watch(rig.now);
    expect(announce(rig)).toMatchObject({ to: [1] });
  });

  test("[PRES-4] a new partner is asked for without asking the others again", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([3]);
    rig.join();
    announce(rig);
    rig.hub.inbox.deliver(sampleEvent(1), rig.now);
    expect(announce(rig)?.to).toEqual([1]);
  });

  test("[PRES-4] that someone is online is asked again once it was last heard 75 s ago", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1, 3]);
    rig.join();
    announce(rig);
    rig.hub.presence.receive(visitor(1, true), rig.now);
    rig.hub.presence.receive(visitor(3, false), rig.now);
    rig.now += stale - 1;
    rig.hub.presence.watch(rig.now);
    expect(announce(rig)).toBeNull();
    rig.now += 1;
    rig.hub.presence.watch(rig.now);
    expect(announce(rig)?.to).toEqual([1]);
  });

  test("[PRES-2] a partner whose hub was away is told later, also after the hub has slept", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1, 3]);
    rig.join();
    const news = rig.hub.presence.announcement(rig.now)!;
    rig.hub.presence.announced(news, [3], rig.now);
    expect(rig.hub.presence.announcement(rig.now)).toBeNull();
    expect(rig.hub.wakeAt(rig.now)).toBe(rig.now + 15_000);
    rig.sleep();
    rig.now += 15_000;
    expect(rig.hub.presence.announcement(rig.now)?.to).toEqual([3]);
    expect(announce(rig)?.to).toEqual([3]);
    expect(announce(rig)).toBeNull();
  });

  test("[PRES-2] a hub that stays away is given up", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([3]);
    rig.join();
    let tries = 0;
    for (; rig.hub.presence.announcement(rig.now); tries++) {
      rig.hub.presence.announced(rig.hub.presence.announcement(rig.now)!, [3], rig.now);
      rig.now = rig.hub.presence.dueAt(rig.now) ?? rig.now;
    }
    expect(tries).toBe(7);
  });

  test("[PRES-4] when two last wrote is written down once a minute", () => {
    const rig = createHubRig();
    const lastWrote = () => rig.store.partner(1)?.activeAt;
    rig.hub.presence.introduce([3, 1]);
    rig.hub.presence.touch(1, rig.now);
    expect(lastWrote()).toBe(rig.now);
    rig.hub.presence.touch(1, rig.now + 60_000);
    expect(lastWrote()).toBe(rig.now);
    rig.hub.presence.touch(1, rig.now + 60_001);
    expect(lastWrote()).toBe(rig.now + 60_001);
  });

  test("[PRES-3] an older visit that arrives late does not undo a newer one's wish to be told", () => {
    const rig = createHubRig();
    rig.hub.presence.receive(
      visitor(1, true, { revision: 5, watchUntil: rig.now + 60_000 }),
      rig.now,
    );
    rig.hub.presence.receive(visitor(1, false, { revision: 4 }), rig.now);
    expect(rig.store.watchers(rig.now)).toEqual([1]);
  });

  test("[PRES-2] everyone who watches is told of an absence, also beyond the nearest partners", () => {
    const rig = createHubRig({ limits: { presencePartners: 2 } });
    rig.hub.presence.introduce([1, 3, 4, 5, 6]);
    const connection = rig.join();
    expect(announce(rig)?.to).toEqual([1, 3]);
    rig.hub.presence.receive(visitor(6, true, { watchUntil: rig.now + 60_000 }), rig.now);
    rig.leave(connection);
    rig.now += grace;
    rig.hub.presence.refresh(rig.now);
    expect(announce(rig)?.to).toEqual([6]);
  });
});

describe("typing", () => {
  test("[TYPE-2] passes nothing to a stranger", () => {
    const rig = createHubRig();
    expect(rig.hub.passTyping(1, true, rig.now)).toBe("unknown");
  });

  test("[TYPE-2] passes at most once a second, and each change", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1, 3]);
    const at = (ms: number, isTyping: boolean, to = 1) =>
      rig.hub.passTyping(to, isTyping, rig.now + ms);
    expect(at(0, false)).toBe("quiet");
    expect(at(0, true)).toBe("pass");
    expect(at(999, true)).toBe("quiet");
    expect(at(999, true, 3)).toBe("pass");
    expect(at(1_000, true)).toBe("pass");
    expect(at(1_001, false)).toBe("pass");
    expect(at(1_002, false)).toBe("quiet");
  });

  test("[TYPE-2] passes four changes at once and then one a second", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1]);
    const flood = Array.from({ length: 20 }, (_, index) =>
      rig.hub.passTyping(1, index % 2 === 0, rig.now + index),
    );
    expect(flood.filter((verdict) => verdict === "pass")).toHaveLength(4);
    expect(rig.hub.passTyping(1, true, rig.now + 1_000)).toBe("pass");
    expect(rig.hub.passTyping(1, false, rig.now + 1_001)).toBe("quiet");
  });

  test("[TYPE-2] wakes nobody who is known to be away", () => {
    const rig = createHubRig();
    rig.hub.presence.introduce([1]);
    rig.join();
    rig.hub.presence.receive(visitor(1, false, { revision: 5 }), rig.now);
    expect(rig.hub.passTyping(1, true, rig.now)).toBe("quiet");
  });
});
