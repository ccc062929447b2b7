import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { calls, settle, useConversation } from "./conversation-page.ts";

const { open } = useConversation();

function distanceToEnd(page: Page): Promise<number> {
  return page
    .locator(".messages-container")
    .evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
}

/** It gets there within a few frames, and those of a busy machine are slow. */
async function expectAtEnd(page: Page): Promise<void> {
  await expect.poll(() => distanceToEnd(page)).toBeLessThan(2);
}

function topOf(page: Page, key: string): Promise<number> {
  return page
    .locator(`[data-key="${key}"]`)
    .evaluate((row) => Math.round(row.getBoundingClientRect().top));
}

/** The first message that is wholly in view. */
function firstInView(page: Page): Promise<string> {
  return page.locator(".messages-container").evaluate((list) => {
    const { top } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll<HTMLElement>("[data-key]")];
    const found = rows
      .filter((row) => row.getBoundingClientRect().top >= top)
      .toSorted((one, two) => one.getBoundingClientRect().top - two.getBoundingClientRect().top)[0];
    return found?.dataset["key"] ?? "none";
  });
}

/** The tallest part of the list, in pixels, over which no line is drawn. */
function tallestGap(page: Page): Promise<number> {
  return page.locator(".messages-container").evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect();
    const lines = [
      ...list.querySelectorAll(".parley-row, .parley-day, .parley-beginning, .parley-end"),
    ]
      .filter((line) => getComputedStyle(line).visibility === "visible")
      .map((line) => line.getBoundingClientRect())
      .toSorted((one, two) => one.top - two.top);
    let covered = top;
    let gap = 0;
    for (const line of lines) {
      gap = Math.max(gap, Math.min(line.top, bottom) - covered);
      covered = Math.max(covered, line.bottom);
    }
    return Math.max(gap, bottom - covered);
  });
}

async function wheel(page: Page, pixels: number): Promise<void> {
  await page.locator(".messages-container").hover();
  await page.mouse.wheel(0, pixels);
  await settle(page);
}

async function receive(page: Page, id: number): Promise<void> {
  await page.evaluate((id) => {
    const { messages } = window.stage.chat.thread(2).get();
    window.stage.change({ messages: [...messages, ...window.stage.numbered(id, id)] });
  }, id);
  await settle(page);
}

describe("the list of messages", () => {
  test("opens at the newest message", async () => {
    const page = await open("count=300");
    await settle(page);
    await expectAtEnd(page);
    await page.locator('[data-key="m300"]').waitFor();
    await expect.poll(() => calls(page, "thread 2 seen")).toBeGreaterThan(0);
  });

  test("shows few messages at the end", async () => {
    const page = await open("count=2");
    await settle(page);
    const form = await page.locator(".message-input-form").boundingBox();
    const last = await page.locator('[data-key="m2"]').boundingBox();
    expect((form?.y ?? 0) - (last?.y ?? 0) - (last?.height ?? 0)).toBeLessThan(32);
    await expect.poll(() => calls(page, "thread 2 seen")).toBeGreaterThan(0);
  });

  test("opens at the first unread message, and tells what is below", async () => {
    const page = await open("count=300&unread=40");
    await settle(page);
    const box = await page.getByText("New messages", { exact: true }).boundingBox();
    const list = await page.locator(".messages-container").boundingBox();
    const below = (box?.y ?? 0) - (list?.y ?? 0);
    expect(below).toBeGreaterThan(20);
    expect(below).toBeLessThan(200);
    expect(await calls(page, "thread 2 seen")).toBe(0);
    await page.getByRole("button", { name: "40 new messages" }).click();
    await settle(page);
    await expectAtEnd(page);
    await expect.poll(() => calls(page, "thread 2 seen")).toBeGreaterThan(0);
  });

  test("keeps its place to the pixel while older messages come in", async () => {
    const page = await open("count=400&older");
    await page.evaluate(() =>
      window.stage.change({ messages: window.stage.numbered(301, 400), hasOlder: true }),
    );
    await settle(page);
    await wheel(page, -2500);
    await settle(page);
    for (const from of [201, 101, 1]) {
      const key = await firstInView(page);
      const before = await topOf(page, key);
      await page.evaluate((from) => {
        const { messages } = window.stage.chat.thread(2).get();
        const older = window.stage.numbered(from, from + 99);
        window.stage.change({ messages: [...older, ...messages], hasOlder: from > 1 });
      }, from);
      await settle(page);
      expect(Math.abs((await topOf(page, key)) - before)).toBeLessThanOrEqual(1);
      await wheel(page, -400);
    }
  });

  test("asks for older messages once at a time when it comes near the first", async () => {
    const page = await open("count=100&older");
    await page.evaluate(() => {
      const thread = window.stage.chat.client.thread(2);
      const { loadOlder } = thread;
      thread.loadOlder = async () => {
        await loadOlder();
        await new Promise<void>((resolve) => Object.assign(window, { answer: resolve }));
      };
    });
    await settle(page);
    expect(await calls(page, "thread 2 loadOlder")).toBe(0);
    await wheel(page, -20_000);
    await expect.poll(() => calls(page, "thread 2 loadOlder")).toBe(1);
    await wheel(page, 50);
    await wheel(page, -50);
    await expect.poll(() => calls(page, "thread 2 loadOlder")).toBe(1);
    await page.evaluate(() => Reflect.get(window, "answer")());
    await wheel(page, 50);
    await expect.poll(() => calls(page, "thread 2 loadOlder")).toBe(2);
  });

  test("follows new messages only from the end", async () => {
    const page = await open("count=100");
    await settle(page);
    for (const id of [101, 103, 104, 106]) await receive(page, id);
    await expectAtEnd(page);

    await wheel(page, -600);
    const key = await firstInView(page);
    const before = await topOf(page, key);
    await page.evaluate(() => window.stage.change({ unreadCount: 1 }));
    await receive(page, 107);
    expect(await topOf(page, key)).toBe(before);
    await page.getByRole("button", { name: "1 new message" }).waitFor();
  });

  test("follows a message that comes while the list has moved up by itself", async () => {
    const page = await open("count=100");
    await settle(page);
    await page.evaluate(() => {
      const [list] = document.getElementsByClassName("messages-container");
      // As it does for lines above that turn out smaller than they were taken for.
      if (list) list.scrollTop -= 60;
      const { messages } = window.stage.chat.thread(2).get();
      window.stage.change({ messages: [...messages, ...window.stage.numbered(101, 101)] });
    });
    await settle(page);
    await expectAtEnd(page);
  });

  test("goes to the end for the viewer's own message", async () => {
    const page = await open("count=100");
    await settle(page);
    await wheel(page, -3000);
    await page.getByRole("textbox").fill("Here I am");
    await page.keyboard.press("Enter");
    await settle(page);
    await expectAtEnd(page);
  });

  test("stays at the end while the text field grows and the window shrinks", async () => {
    const page = await open("count=100");
    await page.getByRole("textbox").fill("one\ntwo\nthree\nfour\nfive");
    await settle(page);
    await expectAtEnd(page);
    await page.setViewportSize({ width: 500, height: 400 });
    await settle(page);
    await expectAtEnd(page);
  });

  test("draws few of ten thousand messages, and never a blank", async () => {
    const page = await open("count=10000");
    await settle(page);
    expect(await page.locator("[data-key]").count()).toBeLessThan(80);
    for (const pixels of [-30_000, -200_000, 90_000, -400_000]) {
      await wheel(page, pixels);
      expect(await tallestGap(page)).toBeLessThan(60);
    }
  });
});

describe("what counts as seen", () => {
  test("needs the newest message in view", async () => {
    const page = await open("count=100&unread=60");
    await settle(page);
    expect(await calls(page, "thread 2 seen")).toBe(0);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    expect(await calls(page, "thread 2 seen")).toBe(0);
  });

  test("does not take in what came with the first unread one", async () => {
    const page = await open("count=30");
    await expect.poll(() => calls(page, "thread 2 seen")).toBe(1);
    await page.evaluate(() =>
      window.stage.change({
        messages: window.stage.numbered(1, 100),
        firstUnread: "m31",
        unreadCount: 47,
      }),
    );
    await settle(page);
    expect(await page.getByText("New messages", { exact: true }).isVisible()).toBe(true);
    expect(await distanceToEnd(page)).toBeGreaterThan(1_000);
    await expect.poll(() => calls(page, "thread 2 seen")).toBe(1);
  });

  test("needs a page that is shown and has the focus", async () => {
    const page = await open("count=20", (page) =>
      page.addInitScript(() => {
        const watched = { focus: false, visibility: "visible" };
        Object.assign(window, { watched });
        document.hasFocus = () => watched.focus;
        Object.defineProperty(document, "visibilityState", { get: () => watched.visibility });
      }),
    );
    await settle(page);
    await receive(page, 22);
    expect(await calls(page, "thread 2 seen")).toBe(0);
    await page.evaluate(() => {
      Object.assign(window, {
        watched: Object.assign(Reflect.get(window, "watched"), {
          focus: true,
          visibility: "hidden",
        }),
      });
      window.dispatchEvent(new Event("focus"));
    });
    expect(await calls(page, "thread 2 seen")).toBe(0);
    await page.evaluate(() => {
      Object.assign(Reflect.get(window, "watched"), { visibility: "visible" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await expect.poll(() => calls(page, "thread 2 seen")).toBe(1);
  });

  test("needs the end of the list on the screen, however far the page is scrolled", async () => {
    const page = await open("count=20", (page) =>
      page.addInitScript(() => {
        addEventListener("DOMContentLoaded", () => {
          document.body.style.paddingTop = "3000px";
          document.hasFocus = () => true;
        });
      }),
    );
    await settle(page);
    expect(await calls(page, "thread 2 seen")).toBe(0);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect.poll(() => calls(page, "thread 2 seen")).toBe(1);
  });
});

describe("what is read out", () => {
  test("is new messages of the other, and neither history nor one's own", async () => {
    const page = await open("count=20");
    await settle(page);
    const spoken = page.locator('[aria-live="polite"]');
    expect(await spoken.textContent()).toBe("");
    await page.evaluate(() => window.stage.change({ messages: window.stage.numbered(1, 21) }));
    await settle(page);
    expect(await spoken.textContent()).toBe("");
    await receive(page, 22);
    expect(await spoken.textContent()).toMatch(/^Bob Okafor: Message 22/);
  });
});
