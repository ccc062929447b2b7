import { describe, expect, test } from "vitest";
import { createHubRig, start, type HubRig } from "../support/hub-rig.ts";

const look = 5 * 60_000;
const grace = 5_000;

/** A hub whose user somebody watches, with everybody told. */
function createWatchedRig(): HubRig {
  const rig = createHubRig();
  watch(rig, Number.MAX_SAFE_INTEGER);
  return rig;
}

function watch(rig: HubRig, watchUntil: number): void {
  const presence = { userId: 1, isOnline: true, lastSeen: null, revision: rig.now };
  rig.hub.presence.introduce([1]);
  rig.hub.presence.receive({ presence, watchUntil }, rig.now);
}

/** Lets the hub sleep until it wants to be woken, while something happens that it does not see; answers when it was. */
function wake(rig: HubRig, meanwhile = (): void => undefined): number | null {
  const wakeAt = rig.hub.wakeAt(rig.now);
  if (wakeAt === null) return null;
  meanwhile();
  rig.now = Math.max(rig.now, wakeAt);
  rig.sleep();
  rig.hub.expire(rig.now);
  rig.hub.presence.refresh(rig.now);
  announce(rig);
  return rig.now;
}

function announce(rig: HubRig): void {
  const news = rig.hub.presence.announcement(rig.now);
  if (news) rig.hub.presence.announced(news, [], rig.now);
}

function joinSilently(rig: HubRig) {
  const connection = rig.join();
  connection.signOfLife = Infinity;
  rig.hub.presence.refresh(rig.now);
  announce(rig);
  return connection;
}

describe("a hub whose connections never ping", () => {
  test("is never woken where nobody watches [WS-6] [PRES-1]", () => {
    const rig = createHubRig();
    joinSilently(rig);
    expect(rig.hub.wakeAt(rig.now)).toBeNull();
  });

  test("is woken once where somebody does, and never again [WS-6] [PRES-1]", () => {
    const rig = createWatchedRig();
    joinSilently(rig);
    expect(wake(rig)).toBe(start + look);
    expect(wake(rig)).toBeNull();
    expect(rig.store.memory().isOnline).toBe(true);
  });

  test("is not woken for another connection that pings, since it is there anyhow [WS-6]", () => {
    const rig = createWatchedRig();
    joinSilently(rig);
    rig.now += look;
    const pinging = rig.join();
    pinging.signOfLife = rig.now;
    expect(rig.hub.wakeAt(rig.now)).toBeNull();
  });
});

describe("a hub whose connections ping", () => {
  test("is not woken where nobody watches, who asks learns the truth [PRES-1] [PRES-4]", () => {
    const rig = createHubRig();
    const connection = rig.join();
    announce(rig);
    connection.signOfLife = rig.now;
    expect(rig.hub.wakeAt(rig.now)).toBeNull();
    rig.now += look;
    rig.hub.presence.refresh(rig.now);
    expect(rig.store.memory().graceUntil).not.toBeNull();
  });

  test("finds a silence 5 min after the last ping, and says when that was [PRES-1] [PRES-2] [WS-6]", () => {
    const rig = createWatchedRig();
    const connection = joinSilently(rig);
    const pingAt = (ms: number) => () => void (connection.signOfLife = start + ms);
    expect(wake(rig, pingAt(280_000))).toBe(start + look);
    expect(wake(rig, pingAt(560_000))).toBe(start + 280_000 + look);
    expect(wake(rig)).toBe(start + 560_000 + look);
    expect(wake(rig)).toBe(start + 560_000 + look + grace);
    const lastSeen = new Date(start + 560_000).toISOString();
    expect(rig.store.memory()).toMatchObject({ isOnline: false, lastSeen });
    expect(wake(rig)).toBeNull();
  });

  test("is looked at again from the moment on in which somebody begins to watch [PRES-2]", () => {
    const rig = createHubRig();
    rig.join().signOfLife = start;
    rig.hub.presence.introduce([1]);
    announce(rig);
    expect(rig.hub.wakeAt(rig.now)).toBeNull();
    rig.now += 1_000;
    watch(rig, Number.MAX_SAFE_INTEGER);
    expect(rig.hub.wakeAt(rig.now)).toBe(start + look);
    rig.sleep();
    rig.now += 1;
    watch(rig, 0);
    expect(rig.hub.wakeAt(rig.now)).toBeNull();
  });

  test("is looked at once when all of them have vanished without a close event [PRES-1]", () => {
    const rig = createWatchedRig();
    const connection = rig.join();
    announce(rig);
    connection.isOpen = false;
    rig.now += 1_000;
    expect(wake(rig)).toBe(start + 1_000);
    expect(wake(rig)).toBe(start + 1_000 + grace);
    expect(rig.store.memory().isOnline).toBe(false);
    expect(wake(rig)).toBeNull();
  });
});
