import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  expectStatus,
  expectTexts,
  historyOf,
  marksOn,
  message,
  textsOn,
  useDemo,
  write,
} from "./demo-page.ts";

const demo = useDemo();

async function meet() {
  const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
  const left = await demo.comeIn(alice, bob.id);
  const right = await demo.comeIn(bob, alice.id);
  for (const { page } of [left, right]) await expectStatus(page, "Connected");
  return { alice, bob, left, right };
}

/** Until every one of them is there, and each of one's own is known to be stored. */
async function expectAll(page: Page, texts: string[]): Promise<void> {
  const sorted = async (): Promise<string[]> => (await textsOn(page)).toSorted();
  await expect.poll(sorted, { timeout: 60_000 }).toEqual(texts.toSorted());
  await expect.poll(() => marksOn(page), { timeout: 30_000 }).not.toContain("Sending");
  expect(await marksOn(page)).not.toContain("Not sent");
}

/** Runs in the page: what was intercepted from outside could slip through while the page is loaded again. */
function refuseSends(): void {
  const pass = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const isSend =
      init?.method === "POST" &&
      typeof input === "string" &&
      input.endsWith("/communication/chats/");
    const isRefused = isSend && localStorage.getItem("refuse-sends") !== null;
    return isRefused ? Promise.reject(new TypeError("refused")) : pass(input, init);
  };
}

describe("a network that goes away", () => {
  test("takes nothing from what both sides write meanwhile, and doubles nothing", async () => {
    const { alice, bob, left, right } = await meet();
    left.expectTrouble(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    await left.context.setOffline(true);
    await expectStatus(left.page, "No network");
    for (const text of ["left 1", "left 2", "left 3"]) await write(left.page, text);
    for (const text of ["right 1", "right 2"]) await write(right.page, text);
    await expect.poll(() => historyOf(bob, alice.id)).toEqual(["right 1", "right 2"]);
    expect(await textsOn(left.page)).toEqual(["left 1", "left 2", "left 3"]);

    await left.context.setOffline(false);
    const all = ["right 1", "right 2", "left 1", "left 2", "left 3"];
    for (const { page } of [left, right]) await expectAll(page, all);
    for (const { page } of [left, right]) await expectTexts(page, all);
    expect(await historyOf(alice, bob.id)).toEqual(all);
  });

  test("and keeps the answers to what came through has each of them stored once", async () => {
    const { alice, bob, left, right } = await meet();
    left.expectTrouble(/ERR_CONNECTION_RESET/);
    let lost = 0;
    await left.context.route("**/api/v1/communication/chats/", async (route) => {
      if (route.request().method() !== "POST" || lost === 2) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort("connectionreset");
    });
    const all = ["first", "second"];
    for (const text of all) await write(left.page, text);
    for (const { page } of [left, right]) await expectAll(page, all);
    await expect.poll(() => lost).toBe(2);
    for (const { page } of [left, right]) await expectTexts(page, all);
    expect(await historyOf(alice, bob.id)).toEqual(all);
  });
});

test("a server that is killed and started again in mid-chat: nothing is lost, nothing is doubled", async () => {
  const { alice, bob, left, right } = await meet();
  for (const person of [left, right]) person.expectTrouble(/ERR_|WebSocket|50\d/);
  const both = async (round: number): Promise<void> => {
    await Promise.all([write(left.page, `left ${round}`), write(right.page, `right ${round}`)]);
  };
  const all = [1, 2, 3, 4, 5].flatMap((round) => [`left ${round}`, `right ${round}`]);
  await both(1);
  await both(2);
  const killed = demo.server().killHard();
  await both(3);
  await killed;
  await both(4);
  expect(await marksOn(left.page)).toContain("Sending");
  await demo.server().restart();
  await both(5);
  for (const { page } of [left, right]) await expectAll(page, all);

  const stored = await historyOf(alice, bob.id);
  expect(stored.toSorted()).toEqual(all.toSorted());
  for (const { page } of [left, right]) await expectTexts(page, stored);
  const written = stored.filter((text) => text.startsWith("left"));
  expect(written).toEqual(written.toSorted());
});

describe("a page that is loaded again", () => {
  test.each(["answers late", "is blocked"])(
    "shows its history while the network %s",
    async (how) => {
      const { alice, bob, left } = await meet();
      for (const text of ["one", "two"]) await write(left.page, text);
      await expectAll(left.page, ["one", "two"]);
      await bob.post("chats/", { receiver_id: alice.id, message: "three" });
      await expectTexts(left.page, ["one", "two", "three"]);

      left.expectTrouble(/ERR_BLOCKED_BY_CLIENT|WebSocket/);
      const network = Promise.withResolvers<void>();
      let asked = 0;
      await left.context.routeWebSocket(/.*/, (socket) => void socket.close());
      await left.context.route("**/api/**", async (route) => {
        asked += 1;
        if (how === "is blocked") return route.abort("blockedbyclient");
        await network.promise;
        return route.continue().catch(() => undefined);
      });
      await left.page.reload();
      await expectTexts(left.page, ["one", "two", "three"]);
      await left.page.getByRole("option", { name: /Bob/ }).getByText("three").waitFor();
      await expect.poll(() => asked).toBeGreaterThan(0);
      expect(await left.page.locator(".chat-header").innerText()).toContain("Bob");
      network.resolve();
    },
  );

  test("sends once what was not sent before", async () => {
    const { alice, bob, left, right } = await meet();
    await left.context.addInitScript(refuseSends);
    await left.page.evaluate(refuseSends);
    await left.page.evaluate(() => localStorage.setItem("refuse-sends", "yes"));
    for (const text of ["before", "the reload"]) await write(left.page, text);
    await expect.poll(() => marksOn(left.page)).toEqual(["Sending", "Sending"]);
    await left.page.reload();
    await expect.poll(() => marksOn(left.page)).toEqual(["Sending", "Sending"]);
    expect(await historyOf(bob, alice.id).catch(() => [])).toEqual([]);
    await left.page.evaluate(() => localStorage.removeItem("refuse-sends"));
    await left.page.reload();
    for (const { page } of [left, right]) await expectAll(page, ["before", "the reload"]);
    for (const { page } of [left, right]) await expectTexts(page, ["before", "the reload"]);
    expect(await message(right.page, "before").count()).toBe(1);
  });
});
