import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useBrowser, type BrowserPerson } from "../support/browser.ts";
import { createPerson, signToken, type ChatPerson } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { openStage, type Stage } from "../support/stage.ts";

const browser = useBrowser();
let server: TestServer;
let stage: Stage;
let alice: ChatPerson;
let bob: ChatPerson;

beforeAll(async () => {
  const entry = resolve(import.meta.dirname, "../documented/stage.jsx");
  [server, stage] = await Promise.all([startServer(), openStage(entry)]);
  alice = await enter(101, "Alice Adams");
  bob = await enter(102, "Bob Baker");
  await write(bob, alice, "Hello from Bob");
});
afterAll(async () => {
  await stage?.close();
  await server?.dispose();
});

async function enter(id: number, name: string): Promise<ChatPerson> {
  const username = name.toLowerCase().replace(" ", "_");
  const token = await signToken(server.authSecret, { user_id: id, username, name });
  const { id: own } = await createPerson(server, { id, name, token }).get<{ id: number }>(
    "/api/auth/me",
  );
  return createPerson(server, { id: own, name, token });
}

function write(from: ChatPerson, to: ChatPerson, message: string): Promise<{ id: number }> {
  return from.post("/api/v1/communication/chats/", { receiver_id: to.id, message });
}

/** The page of the person, whose token is where the documents keep it. */
async function visit(scene: string, me = alice, other = bob): Promise<BrowserPerson> {
  const person = await browser.newPerson();
  person.expectTrouble(/default-avatar\.png/u);
  const { page } = person;
  await page.addInitScript((token) => localStorage.setItem("authToken", token), me.token);
  const query = new URLSearchParams({
    scene,
    server: server.url,
    me: String(me.id),
    "my-name": me.name,
    other: String(other.id),
    name: other.name,
  });
  await page.goto(`${stage.url}?${query}`);
  return person;
}

describe("the documented usage, without a provider", () => {
  test("<ChatButton user buttonText variant /> opens a chat that works", async () => {
    const { page } = await visit("usage");
    const button = page.getByRole("button", { name: "Send Message" });
    await expect.poll(() => button.locator(".unread-badge").count()).toBe(1);
    await button.click();
    const dialog = page.getByRole("dialog", { name: "Chat with Bob Baker" });
    await dialog.locator(".message-received", { hasText: "Hello from Bob" }).waitFor();
    await dialog.getByRole("textbox").fill("Hello from Alice");
    await page.keyboard.press("Enter");
    await dialog.locator(".message-sent", { hasText: "Hello from Alice" }).waitFor();
    const path = `/api/v1/communication/chats/conversation/${alice.id}/`;
    await expect
      .poll(async () => {
        const { messages } = await bob.get<{ messages: { message: string }[] }>(path);
        return messages.map(({ message }) => message);
      })
      .toContain("Hello from Alice");
  });

  test('<ChatButton variant="secondary" /> on a card, and one of each variant for nobody', async () => {
    const { page } = await visit("usage");
    const card = page.locator(".user-card .chat-button-secondary");
    expect(await card.isEnabled()).toBe(true);
    for (const variant of ["primary", "secondary", "success", "dark", "outline"]) {
      const idle = page.locator(`#root > .chat-button-${variant}`);
      // oxlint-disable-next-line no-await-in-loop -- five buttons
      expect(await idle.isDisabled()).toBe(true);
    }
  });

  test("<ChatModal isOpen onClose recipientUser /> on one's own button", async () => {
    const { page } = await visit("usage");
    await page.getByRole("button", { name: "Start Chat" }).click();
    const dialog = page.getByRole("dialog", { name: "Chat with Bob Baker" });
    await dialog.getByText("Hello from Bob").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  });
});

describe.each(["documented", "ours"])("ConversationsList and ChatWindow, %s", (scene) => {
  test("list the conversation, open it, and show what comes", async () => {
    const { page } = await visit(scene);
    const row = page.locator(".conversation-item", { hasText: "Bob Baker" });
    await row.waitFor();
    await row.click();
    await page.locator(".message-received", { hasText: "Hello from Bob" }).first().waitFor();
    await expect
      .poll(() => page.locator(".connection-status").innerText(), { timeout: 15_000 })
      .toContain("Connected");
    const text = `News for ${scene}`;
    await write(bob, alice, text);
    await page.locator(".message-received", { hasText: text }).first().waitFor();
    const typing = page.locator(".typing-indicator", { hasText: "Bob Baker is typing" });
    // Told too soon after the last time, it is not passed on (TYPE-2).
    const type = async (): Promise<boolean> => {
      const body = { receiver_id: alice.id, is_typing: true };
      await bob.post("/api/v1/communication/chats/typing/", body);
      return typing.isVisible();
    };
    await expect.poll(type, { interval: 500 }).toBe(true);
    await page.locator(".message-input").fill(`Answer from ${scene}`);
    await page.locator(".send-button").click();
    await page
      .locator(".message-sent", { hasText: `Answer from ${scene}` })
      .first()
      .waitFor();
  });
});
