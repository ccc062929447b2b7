import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { messageForm } from "../support/people.ts";
import { expectStatus, expectTexts, marksOn, message, useDemo, write } from "./demo-page.ts";

const demo = useDemo();

/** Everything that the browser keeps for the page, as one text. */
function keptBy(page: Page): Promise<{ databases: number; text: string }> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error ?? new Error("unknown")));
      });
    const known = await indexedDB.databases();
    const stored: unknown[] = [Object.entries(localStorage), Object.entries(sessionStorage)];
    for (const { name = "" } of known) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        stored.push(await done(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    for (const name of await caches.keys()) stored.push(name);
    return { databases: known.length, text: JSON.stringify(stored) + document.cookie };
  });
}

test("signing out leaves nothing in the browser", async () => {
  const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
  const came = await demo.comeIn(alice, bob.id);
  const { page } = came;
  await expectStatus(page, "Connected");
  await write(page, "top secret");
  await expect.poll(async () => (await keptBy(page)).text).toContain("top secret");
  expect((await keptBy(page)).text).toContain(alice.token);

  came.expectTrouble(/ERR_FAILED/);
  await page.route("**/api/v1/communication/chats/", (route) => route.abort());
  await write(page, "not even sent");
  await expect.poll(async () => (await keptBy(page)).text).toContain("not even sent");
  await page.getByRole("button", { name: "Signed in as" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
  await expect.poll(() => keptBy(page).then(({ databases }) => databases)).toBe(0);
  const { text } = await keptBy(page);
  for (const secret of ["secret", "not even sent", alice.token, "Bob"]) {
    expect(text).not.toContain(secret);
  }
});

const attacks = [
  `<img src=x onerror="attacked('img')">`,
  `<script>attacked('script')</script>`,
  `"><svg onload=attacked('svg')>`,
  `javascript:attacked('link')`,
  `[press](javascript:attacked("markdown"))`,
  `https://x.example/"onmouseover="attacked('attribute')`,
  "{{constructor.constructor('attacked(1)')()}}",
];

describe("what somebody else wrote is text and nothing else", () => {
  test("in messages, names and file names", async () => {
    const name = `Eve <img src=x onerror="attacked('name')">`;
    const [alice, eve] = [await demo.invent("Alice"), await demo.invent(name)];
    const fileName = `<img src=x onerror="attacked('file')">.txt`;
    for (const text of attacks) {
      await eve.post("chats/", { receiver_id: alice.id, message: text });
    }
    const file = new File(["<script>attacked('content')</script>"], fileName, {
      type: "text/html",
    });
    const form = messageForm(alice.id, "", file);
    expect((await eve.call("chats/", { body: form })).status).toBe(201);

    const { page, context } = await demo.comeIn(alice);
    const ran: string[] = [];
    await context.exposeBinding("attacked", (_source, how: string) => void ran.push(how));
    const row = page.getByRole("option", { name: /Eve/ });
    expect(await row.locator("h4").textContent()).toBe(name);
    await row.click();
    await expectTexts(page, attacks);
    expect(await page.locator(".chat-header h3").textContent()).toBe(name);
    const links = await page
      .locator(".chat-window .messages-container a")
      .evaluateAll((all) =>
        all.map((link) => (link instanceof HTMLAnchorElement ? link.protocol : "")),
      );
    expect(links.filter((protocol) => !/^https?:$/.test(protocol))).toEqual([]);
    expect(await page.locator(".chat-window img[src=x], .chat-window script").count()).toBe(0);
    expect(await page.locator(".chat-window .parley-file-name").textContent()).toBe(
      fileName.replaceAll(/[<>"]/g, "_"),
    );
    expect(ran).toEqual([]);
  });
});

test("a message is read when somebody looks at it, not while its page is hidden", async () => {
  const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
  const sender = await demo.comeIn(alice, bob.id);
  const reader = await demo.comeIn(bob, alice.id);
  const { page } = reader;
  for (const each of [sender.page, page]) await expectStatus(each, "Connected");
  await write(sender.page, "seen at once");
  await expect.poll(() => marksOn(sender.page)).toEqual(["Read"]);

  let marked = 0;
  page.on("request", (request) => (marked += request.url().includes("mark-read") ? 1 : 0));
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  for (const text of ["unseen 1", "unseen 2"]) await write(sender.page, text);
  await message(page, "unseen 2").waitFor();
  await expect.poll(() => marksOn(sender.page)).toEqual(["Read", "Delivered", "Delivered"]);
  const { total_unread } = await bob.get<{ total_unread: number }>("chats/unread-count/");
  expect([total_unread, marked]).toEqual([2, 0]);

  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect.poll(() => marksOn(sender.page)).toEqual(["Read", "Read", "Read"]);
  expect(marked).toBe(1);
});
