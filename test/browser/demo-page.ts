import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { useBrowser } from "../support/browser.ts";
import type { BrowserPerson } from "../support/browser.ts";
import { createPerson, signToken } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";

export interface DemoOptions {
  env?: () => Promise<Record<string, string>>;
  context?: BrowserContextOptions;
}

/** A server with the demo's page, and people whom its host application signed in. */
export function useDemo({
  env,
  context = { viewport: { width: 1000, height: 1400 } },
}: DemoOptions = {}) {
  const browser = useBrowser();
  let server: TestServer;
  let nextId = 100;

  beforeAll(async () => {
    server = await startServer({ DEMO: "off", ...(await env?.()) });
  });
  afterAll(() => server?.dispose());

  return {
    server: () => server,
    /** Someone new; the name is theirs and nobody checks it. */
    async invent(name: string, id = nextId++): Promise<ChatPerson> {
      const claims = { user_id: id, username: `user${id}`, name };
      const person = createPerson(server, {
        id,
        name,
        token: await signToken(server.authSecret, claims),
      });
      await person.get("/api/auth/me");
      return person;
    },
    /** A browser in which they look at the chat with that person, or at the list. */
    async comeIn(person: ChatPerson, withId: number | null = null): Promise<BrowserPerson> {
      const came = await browser.newPerson(context);
      await open(came.page, { url: server.url, person, withId });
      return came;
    },
    /** Lets them look at it in another tab. */
    visit: (page: Page, person: ChatPerson, withId: number) =>
      open(page, { url: server.url, person, withId }),
  };
}

interface Visit {
  url: string;
  person: ChatPerson;
  withId: number | null;
}

async function open(page: Page, { url, person, withId }: Visit): Promise<void> {
  const { id, name: full_name, token } = person;
  const account = { id, username: `user${id}`, full_name, avatar: null };
  await page.goto(url);
  const session = JSON.stringify({ token, account });
  await page.evaluate((text) => sessionStorage.setItem("parley-demo:session:", text), session);
  await page.goto(withId === null ? `${url}/#/` : `${url}/#/chat/${withId}`);
  await page.reload();
  await page.getByRole("button", { name: "Signed in as" }).waitFor();
  if (withId !== null) await page.getByRole("textbox", { name: /message/i }).waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  const field = page.getByRole("textbox", { name: /message/i });
  await field.fill(text);
  await field.press("Enter");
}

export function message(page: Page, text: string): Locator {
  return page.locator(".chat-window .message", { hasText: text });
}

/** The messages on the screen, from top to bottom. */
export function textsOn(page: Page): Promise<string[]> {
  return page
    .locator(".chat-window .message-content p")
    .evaluateAll((lines) => lines.map(({ textContent }) => textContent ?? ""));
}

export async function expectTexts(page: Page, texts: string[], timeout = 30_000): Promise<void> {
  await expect.poll(() => textsOn(page), { timeout }).toEqual(texts);
}

/** How far each of one's own messages has come, from top to bottom. */
export function marksOn(page: Page): Promise<(string | null)[]> {
  return page
    .locator(".chat-window .read-status")
    .evaluateAll((marks) => marks.map((mark) => mark.getAttribute("aria-label")));
}

export async function expectStatus(page: Page, text: string, timeout = 60_000): Promise<void> {
  await page
    .locator(".chat-window .connection-status")
    .getByText(text, { exact: true })
    .waitFor({ timeout });
}

/** What the server has of a conversation, oldest first. */
export async function historyOf(person: ChatPerson, otherId: number): Promise<string[]> {
  const { messages } = await person.get<{ messages: { message: string }[] }>(
    `chats/conversation/${otherId}/`,
  );
  return messages.map(({ message }) => message).toReversed();
}
