import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { signIn, type ChatPerson } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { openStage, type Stage } from "../support/stage.ts";

const browser = useBrowser();
let server: TestServer;
let stage: Stage;
let alice: ChatPerson;
let bob: ChatPerson;

beforeAll(async () => {
  const entry = resolve(import.meta.dirname, "provider.stage.tsx");
  [server, stage] = await Promise.all([startServer(), openStage(entry)]);
  alice = await signIn(server, { id: 201, username: "alice", name: "Alice Adams" });
  bob = await signIn(server, { id: 202, username: "bob", name: "Bob Baker" });
  await bob.post("/api/v1/communication/chats/", { receiver_id: alice.id, message: "Hello" });
});
afterAll(async () => {
  await stage?.close();
  await server?.dispose();
});

/** How many sockets the page holds open. */
function watchSockets(page: Page): () => number {
  let open = 0;
  page.on("websocket", (socket) => {
    open += 1;
    socket.on("close", () => {
      open -= 1;
    });
  });
  return () => open;
}

const status = (page: Page) => page.getByRole("status").first().innerText();

async function visit() {
  const { page } = await browser.newPerson();
  const sockets = watchSockets(page);
  const query = new URLSearchParams({ server: server.url, one: alice.token, two: bob.token });
  await page.goto(`${stage.url}?${query}`);
  await expect.poll(() => status(page)).toBe("Alice Adams is online");
  return { page, sockets };
}

describe("a provider with a client of its own", () => {
  test("holds one connection in StrictMode, over drawings, and none once it is gone", async () => {
    const { page, sockets } = await visit();
    await expect.poll(sockets).toBe(1);
    for (let round = 0; round < 3; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one drawing after the other
      await page.getByRole("button", { name: "Draw" }).click();
    }
    expect(await status(page)).toBe("Alice Adams is online");
    expect(sockets()).toBe(1);
    await page.getByRole("button", { name: "Leave" }).click();
    await expect.poll(sockets).toBe(0);
  });

  test("shows nothing of one person to the next", async () => {
    const { page, sockets } = await visit();
    await page.locator(".conversation-item", { hasText: "Bob Baker" }).waitFor();
    await page.getByRole("button", { name: "Somebody else" }).click();
    await expect.poll(() => status(page)).toBe("Bob Baker is online");
    await page.locator(".conversation-item", { hasText: "Alice Adams" }).waitFor();
    expect(await page.locator(".conversation-item").count()).toBe(1);
    await expect.poll(sockets).toBe(1);
  });

  test("S2-58 draws people as the page wants", async () => {
    const { page } = await visit();
    const avatar = page.locator(".conversation-item .avatar-container b");
    await expect.poll(() => avatar.allInnerTexts()).toEqual([`#${bob.id}`]);
  });
});
