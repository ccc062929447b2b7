import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import type { BrowserPerson } from "../support/browser.ts";
import { signToken } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";

const browser = useBrowser();
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.dispose());

/** A browser in which somebody from the demo is signed in by one click. */
async function comeIn(name: string, hash = "#/chat-demo"): Promise<BrowserPerson> {
  const person = await browser.newPerson();
  await person.page.goto(`${server.url}/${hash}`);
  await person.page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await person.page.getByRole("button", { name: `Signed in as ${name}` }).waitFor();
  return person;
}

/** Step 2 of the tour: the button on somebody's card. */
async function openChat(page: Page, name: string): Promise<void> {
  const card = page.locator(".demo-user-card", { hasText: name });
  await card.getByRole("button", { name: /^Message/ }).click();
  await chatOf(page).getByRole("textbox").waitFor();
}

function chatOf(page: Page) {
  return page.getByRole("dialog", { name: /^Chat with/ });
}

async function write(page: Page, text: string): Promise<void> {
  await chatOf(page).getByRole("textbox").fill(text);
  await page.keyboard.press("Enter");
}

function message(page: Page, text: string) {
  return chatOf(page).locator(".message", { hasText: text });
}

function statusOf(page: Page) {
  return chatOf(page).locator(".connection-status");
}

/** How far one's own message has come. */
async function expectMark(page: Page, text: string, mark: string): Promise<void> {
  const marks = message(page, text).locator(".read-status");
  await expect.poll(() => marks.getAttribute("aria-label"), { timeout: 15_000 }).toBe(mark);
}

describe("the tour at #/chat-demo", () => {
  test("lets two people in two browsers write to each other at once", async () => {
    const alice = await comeIn("Alice Moreau");
    const bob = await comeIn("Bob Okafor");
    await openChat(alice.page, "Bob Okafor");
    await write(alice.page, "Are you there?");
    await expectMark(alice.page, "Are you there?", "Delivered");
    await openChat(bob.page, "Alice Moreau");
    await message(bob.page, "Are you there?").waitFor();
    expect(await message(bob.page, "Are you there?").count()).toBe(1);
    await expectMark(alice.page, "Are you there?", "Read");

    await chatOf(bob.page).getByRole("textbox").pressSequentially("Here");
    await chatOf(alice.page).getByText("Bob Okafor is typing").first().waitFor();
    await write(bob.page, "Here I am");
    await message(alice.page, "Here I am").waitFor();
    expect(await message(alice.page, "Here I am").count()).toBe(1);
    expect(await message(bob.page, "Here I am").count()).toBe(1);
  });

  test("has the history after the page is loaded again", async () => {
    const { page } = await comeIn("Alice Moreau");
    await openChat(page, "Bob Okafor");
    await write(page, "Remember this");
    await expectMark(page, "Remember this", "Sent");
    await page.reload();
    await openChat(page, "Bob Okafor");
    await message(page, "Remember this").waitFor();
    expect(await message(page, "Remember this").count()).toBe(1);
  });

  test("keeps out who has no token, or one that is not taken", async () => {
    const person = await browser.newPerson();
    person.expectTrouble(/40[01]/);
    const { page } = person;
    await page.goto(`${server.url}/#/chat-demo`);
    await page.getByLabel("Username").fill("alice");
    await page.getByLabel("Password").fill("not her password");
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    expect(await page.getByRole("alert").innerText()).not.toBe("");
    expect(await page.locator(".demo-user-card").count()).toBe(0);

    const account = { id: 1, username: "alice", full_name: "Alice", avatar: null };
    const session = JSON.stringify({ token: "no.such.token", account });
    await page.evaluate((text) => sessionStorage.setItem("parley-demo:session:", text), session);
    await page.reload();
    await page.getByRole("alert").getByText("Your session has ended").waitFor();
    await page.getByRole("button", { name: "Sign in again" }).click();
    await page.getByRole("button", { name: /^Carol/ }).click();
    await page.getByRole("button", { name: "Signed in as Carol Lindqvist" }).waitFor();
  });

  test("says what failed for a recipient who does not exist, and stays usable", async () => {
    const person = await comeIn("Alice Moreau", "#/chat/999999999");
    person.expectTrouble(/404/);
    const { page } = person;
    await page.getByRole("alert").first().waitFor();
    await page.goto(`${server.url}/#/chat-demo`);
    await openChat(page, "Carol Lindqvist");
    await write(page, "Still works");
    await expectMark(page, "Still works", "Sent");
  });

  test("keeps what is written without a network, and sends it once when it is back", async () => {
    const alice = await comeIn("Alice Moreau");
    const bob = await comeIn("Bob Okafor");
    alice.expectTrouble(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    await openChat(bob.page, "Alice Moreau");
    await openChat(alice.page, "Bob Okafor");
    await alice.context.setOffline(true);
    await statusOf(alice.page).getByText("No network").waitFor();
    await write(alice.page, "From the tunnel");
    await expectMark(alice.page, "From the tunnel", "Sending");
    await alice.context.setOffline(false);
    await message(bob.page, "From the tunnel").waitFor();
    await expectMark(alice.page, "From the tunnel", "Read");
    expect(await message(bob.page, "From the tunnel").count()).toBe(1);
    expect(await message(alice.page, "From the tunnel").count()).toBe(1);
  });

  test("shows how the connection stands while the server goes and comes", async () => {
    const person = await comeIn("Alice Moreau");
    person.expectTrouble(/ERR_|WebSocket|50\d/);
    await openChat(person.page, "Bob Okafor");
    await statusOf(person.page).getByText("Connected").waitFor();
    await server.stop();
    await statusOf(person.page).getByText("Reconnecting").waitFor();
    await server.restart();
    await statusOf(person.page).getByText("Connected").waitFor({ timeout: 40_000 });
    expect(await statusOf(person.page).innerText()).toContain("Connected");
  });

  test("shows both ends of a chat in one window", async () => {
    const { page } = await comeIn("Alice Moreau");
    await page.locator(".demo-split").scrollIntoViewIfNeeded();
    const mine = page.locator(".demo-split .chat-window");
    const theirs = page.frameLocator("iframe").locator(".chat-window");
    await theirs.getByRole("textbox").fill("From the right");
    await theirs.getByRole("textbox").press("Enter");
    await mine.locator(".message-received", { hasText: "From the right" }).waitFor();
    await mine.getByRole("textbox").fill("From the left");
    await mine.getByRole("textbox").press("Enter");
    await theirs.locator(".message-received", { hasText: "From the left" }).waitFor();
    expect(await theirs.locator(".message", { hasText: "From the left" }).count()).toBe(1);
  });
});

describe("the page at /", () => {
  test("comes with a strict policy, and its files may be kept for ever", async () => {
    const page = await fetch(server.url);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(page.headers.get("cache-control")).toContain("must-revalidate");
    const paths = [...(await page.text()).matchAll(/"(\/assets\/[^"]+)"/g)];
    expect(paths.length).toBe(2);
    for (const [, path = ""] of paths) {
      // oxlint-disable-next-line no-await-in-loop -- two files
      const { status, headers } = await fetch(new URL(path, server.url));
      expect(status).toBe(200);
      expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    }
  });

  test("finds people, opens their chat and tells of messages elsewhere", async () => {
    const alice = await comeIn("Alice Moreau", "#/");
    const carol = await comeIn("Carol Lindqvist", "#/");
    await alice.page.getByRole("button", { name: "New message" }).click();
    await alice.page.getByRole("searchbox", { name: "Find people by name" }).fill("linD");
    await alice.page.getByRole("dialog").getByRole("button", { name: /Carol/ }).click();
    expect(new URL(alice.page.url()).hash).toMatch(/^#\/chat\/\d+$/);
    await alice.page.getByRole("textbox", { name: /message/i }).fill("Lunch?");
    await alice.page.keyboard.press("Enter");
    await carol.page.locator(".demo-toast", { hasText: "Lunch?" }).getByRole("link").click();
    const arrived = carol.page.locator(".message-received", { hasText: "Lunch?" });
    await arrived.waitFor();
    expect(await arrived.count()).toBe(1);
    await expect.poll(() => carol.page.title()).toBe("Parley");
  });

  test("forgets who signs out", async () => {
    const { page } = await comeIn("Alice Moreau", "#/");
    await page.getByRole("button", { name: "Signed in as Alice Moreau" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
    expect(await page.getByRole("button", { name: /^Signed in/ }).count()).toBe(0);
  });

  test("takes a token where there are no accounts", async () => {
    const without = await startServer({ ACCOUNTS: "off" });
    try {
      const person = await browser.newPerson();
      person.expectTrouble(/404/);
      const claims = { user_id: 77, username: "zoe", name: "Zoë Öz" };
      await person.page.goto(without.url);
      await person.page.getByLabel("Token").fill(await signToken(without.authSecret, claims));
      await person.page.getByRole("button", { name: "Come in" }).click();
      const menu = person.page.getByRole("button", { name: "Signed in as Zoë Öz" });
      await menu.waitFor();
      expect(await menu.count()).toBe(1);
      await person.page.getByRole("button", { name: "New message" }).click();
      await person.page.getByLabel("Id").fill("123");
      await person.page.getByRole("button", { name: "Open the chat" }).click();
      await person.page.waitForURL("**/#/chat/123");
      await person.page.close();
    } finally {
      await without.dispose();
    }
  });

  test.each(["light", "dark"] as const)("is accessible in a %s theme", async (colorScheme) => {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");
    const { page } = await browser.newPerson({ colorScheme });
    const check = async (): Promise<unknown[]> => {
      await page.evaluate(axe);
      return page.evaluate(`axe.run().then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target).join()))`);
    };
    await page.goto(server.url);
    await page.getByRole("button", { name: /^Alice/ }).waitFor();
    expect(await check()).toEqual([]);
    await page.getByRole("button", { name: /^Alice/ }).click();
    await page.getByRole("option").first().click();
    await page.locator(".message").first().waitFor();
    expect(await check()).toEqual([]);
    await page.getByRole("link", { name: "Tour" }).click();
    await page.locator(".demo-split").scrollIntoViewIfNeeded();
    await page.frameLocator("iframe").getByRole("textbox").waitFor();
    expect(await check()).toEqual([]);
  });
});
