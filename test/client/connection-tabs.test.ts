import { describe, expect, test } from "vitest";
import {
  bringUp,
  logged,
  openConnectionRig,
  type ConnectionRig,
} from "./support/connection-rig.ts";
import { createFakeBrowser, type FakeTab } from "./support/fake-browser.ts";

interface TabRig extends ConnectionRig {
  tab: FakeTab;
}

let tabs = 0;

async function openTabs(count: number): Promise<TabRig[]> {
  const browser = createFakeBrowser();
  const rigs: TabRig[] = [];
  for (let index = 0; index < count; index += 1) {
    const tab = browser.openTab();
    tabs += 1;
    const chance = tabs / 1_000;
    rigs.push({ ...openConnectionRig({ tab, random: () => chance }), tab });
    await rigs[index]!.environment.settle();
  }
  return rigs;
}

async function settleAll(rigs: TabRig[]): Promise<void> {
  for (const { environment } of [...rigs, ...rigs]) await environment.settle();
}

const unread = (rig: TabRig): string[] => rig.types().filter((type) => type.startsWith("unread"));

describe("two tabs", () => {
  test("share one link: the other hears every event and how it stands", async () => {
    const rigs = await openTabs(2);
    const [first, second] = rigs as [TabRig, TabRig];
    first.connection.start("e-1");
    second.connection.start("e-1");
    await bringUp(first);
    await settleAll(rigs);
    for (const number of [2, 3]) first.socket().say(logged(number));
    first.socket().say({ type: "typing", sender_id: 1, sender_name: "A", is_typing: true });
    await settleAll(rigs);
    expect(second.environment.sockets).toHaveLength(0);
    expect(second.types()).toEqual(first.types());
    expect(second.connection.state.get()).toEqual(first.connection.state.get());
    expect(second.connection.send({ type: "presence" })).toBe(false);
    first.socket().end(1006);
    await settleAll(rigs);
    expect(second.connection.state.get()).toEqual(first.connection.state.get());
    expect(second.connection.state.get().status).toBe("reconnecting");
    for (const rig of rigs) rig.close();
  });

  test("tell a latecomer what it missed, once and in order", async () => {
    const rigs = await openTabs(2);
    const [first, second] = rigs as [TabRig, TabRig];
    first.connection.start("e-1");
    await bringUp(first);
    for (const number of [2, 3, 4]) first.socket().say(logged(number));
    second.connection.start("e-2");
    first.socket().say(logged(5));
    await settleAll(rigs);
    first.socket().say(logged(6));
    await settleAll(rigs);
    expect(unread(second)).toEqual(["unread e-3", "unread e-4", "unread e-5", "unread e-6"]);
    expect(second.types()[0]).toBe("connected");
    expect(second.types()).toContain("ready e-5");
    expect(second.connection.state.get().status).toBe("online");
    for (const rig of rigs) rig.close();
  });

  test("tell a latecomer to read again where they no longer know", async () => {
    const rigs = await openTabs(2);
    const [first, second] = rigs as [TabRig, TabRig];
    first.connection.start("e-10");
    await bringUp(first, "e-10");
    for (let number = 11; number <= 300; number += 1) first.socket().say(logged(number));
    second.connection.start("e-11");
    await settleAll(rigs);
    expect(second.types()).toEqual(["connected", "reset e-300", "ready e-300"]);
    first.socket().say(logged(301));
    await settleAll(rigs);
    expect(unread(second)).toEqual(["unread e-301"]);
    for (const rig of rigs) rig.close();
  });

  test("begin at the present where nothing is known yet", async () => {
    const rigs = await openTabs(2);
    const [first, second] = rigs as [TabRig, TabRig];
    first.connection.start(null);
    await bringUp(first, "e-10");
    first.socket().say(logged(11));
    second.connection.start(null);
    await settleAll(rigs);
    expect(second.types()).toEqual(["connected", "ready e-11"]);
    for (const rig of rigs) rig.close();
  });

  test("lose nothing and repeat nothing when the leading one crashes", async () => {
    const rigs = await openTabs(3);
    const [first, second, third] = rigs as [TabRig, TabRig, TabRig];
    for (const rig of rigs) rig.connection.start("e-1");
    await bringUp(first);
    await settleAll(rigs);
    first.socket().say(logged(2));
    await settleAll(rigs);
    first.tab.crash();
    await settleAll(rigs);
    await bringUp(second, "e-2");
    expect(second.socket().frames()).toEqual([{ type: "hello", last_event_id: "e-2" }]);
    for (const number of [3, 4]) second.socket().say(logged(number));
    await settleAll(rigs);
    const all = ["unread e-2", "unread e-3", "unread e-4"];
    expect([second, third].map(unread)).toEqual([all, all]);
    expect(third.environment.sockets).toHaveLength(0);
    expect(third.connection.state.get()).toEqual(second.connection.state.get());
    second.close();
    third.close();
  });

  test("pass the link on at once when the leading one closes", async () => {
    const rigs = await openTabs(2);
    const [first, second] = rigs as [TabRig, TabRig];
    for (const rig of rigs) rig.connection.start(null);
    await bringUp(first, "e-5");
    await settleAll(rigs);
    first.close();
    await settleAll(rigs);
    expect(first.socket().readyState).toBe(3);
    expect(first.connection.state.get().status).toBe("closed");
    await bringUp(second, "e-5");
    expect(second.socket().frames()).toEqual([{ type: "hello", last_event_id: "e-5" }]);
    second.close();
  });

  test("reconnect by whichever leads", async () => {
    const rigs = await openTabs(2);
    const [first, second] = rigs as [TabRig, TabRig];
    for (const rig of rigs) rig.connection.start(null);
    await bringUp(first);
    await settleAll(rigs);
    second.connection.reconnect();
    await settleAll(rigs);
    expect(first.environment.sockets.map(({ readyState }) => readyState)).toEqual([3, 0]);
    expect(second.environment.sockets).toHaveLength(0);
    for (const rig of rigs) rig.close();
  });
});
