import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { calls, settle, useConversation } from "./conversation-page.ts";

const { open } = useConversation();
const axe = await readFile(
  resolve(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"),
  "utf8",
);

declare global {
  interface Window {
    axe: { run: (context: string) => Promise<AxeResults> };
  }
}

/** Goes up to the picture, and stays: a list that is only just placed goes back to its end for another moment. */
async function scrollToPicture(page: Page): Promise<void> {
  const picture = page.getByRole("button", { name: "Open ridge-at-dusk.png" });
  const look = async (): Promise<boolean> => {
    const hasStayed = await page.locator(".messages-container").evaluate((list) => {
      const isThere = list.scrollTop === 300;
      list.scrollTo(0, 300);
      return isThere;
    });
    await settle(page);
    return hasStayed && picture.isVisible();
  };
  await expect.poll(look, { interval: 250 }).toBe(true);
}

/** What makes the conversation hard to use for some people, as axe finds it. */
async function obstacles(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  // Colours are measured once nothing fades in any more.
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.finish();
  });
  const { violations } = await page.evaluate(() => window.axe.run("#root"));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const calm = (page: Page) => page.emulateMedia({ reducedMotion: "reduce" });

describe("a message", () => {
  test("has the documented names and texts", async () => {
    const page = await open("scene&typing");
    await settle(page);
    for (const name of [
      ".chat-window > .chat-header > .user-info .status.online",
      ".chat-window .connection-status",
      ".messages-container .message.message-sent > .message-content",
      ".messages-container .message.message-received > .message-content > p",
      ".message > .message-meta > .timestamp",
      ".message-sent > .message-meta > .read-status",
      ".message-content .message-attachment",
      ".typing-indicator > .dots",
      "form.message-input-form .message-input",
      "form.message-input-form button.send-button",
    ]) {
      expect([name, (await page.locator(name).count()) > 0]).toEqual([name, true]);
    }
    expect(await page.locator(".typing-indicator").innerText()).toContain("Bob Okafor is typing");
    expect(await page.locator(".message-received .read-status").count()).toBe(0);
    const statusOf = (text: string) =>
      page.locator(".message").filter({ hasText: text }).locator(".read-status");
    expect(await statusOf("Shall I bring").textContent()).toBe("✓");
    expect(await statusOf("See you on Sunday").textContent()).toBe("✓✓");
    expect(await statusOf("See you on Sunday").getAttribute("aria-label")).toBe("Delivered");
    expect(await statusOf("Or the small one").getAttribute("aria-label")).toBe("Sending");
  });

  test("that failed can be sent again or taken back", async () => {
    const page = await open("scene");
    await page.getByText("The server cannot be reached").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => calls(page, "thread 2 retry c3")).toBe(1);
    await expect.poll(() => calls(page, "thread 2 discard c3")).toBe(1);
  });

  test("tells how far its file has come, and can be stopped", async () => {
    const page = await open("scene");
    const bar = page.getByRole("progressbar", { name: "Uploading, 42%" });
    expect(await bar.getAttribute("aria-valuenow")).toBe("42");
    await page.getByRole("button", { name: "Cancel the upload" }).click();
    await expect.poll(() => calls(page, "thread 2 discard c1")).toBe(1);
  });

  test("is not drawn again when others change", async () => {
    const page = await open("count=12");
    await settle(page);
    const changed = await page.evaluate(async () => {
      const { messages } = window.stage.chat.thread(2).get();
      const seen: string[] = [];
      const watcher = new MutationObserver((records) => {
        for (const { target } of records) {
          const element = target instanceof Element ? target : target.parentElement;
          seen.push(element?.closest<HTMLElement>("[data-key]")?.dataset["key"] ?? "");
        }
      });
      for (const row of document.querySelectorAll("[data-key]")) {
        watcher.observe(row, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
      }
      window.stage.change({
        messages: messages.map((row) => (row.id === 9 ? { ...row, status: "read" } : row)),
      });
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return [...new Set(seen)];
    });
    expect(changed).toEqual(["m9"]);
  });
});

describe("a picture", () => {
  test("takes its place before it is there, opens in full, and gives the focus back", async () => {
    const page = await open("scene");
    await scrollToPicture(page);
    const button = page.getByRole("button", { name: "Open ridge-at-dusk.png" });
    const box = await button.boundingBox();
    expect(Math.round(((box?.width ?? 0) / (box?.height ?? 1)) * 100)).toBe(133);
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "ridge-at-dusk.png" });
    await dialog.waitFor();
    for (let count = 0; count < 5; count += 1) {
      await page.keyboard.press("Tab");
      expect(
        await dialog.evaluate((dialog) => {
          const focused = document.activeElement;
          return focused === document.body || dialog.contains(focused);
        }),
      ).toBe(true);
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await button.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});

describe("a picture that does not load", () => {
  test("says so, until there is another link to it", async () => {
    const page = await open("count=3");
    const show = (attachment_url: string) =>
      page.evaluate((attachment_url) => {
        const messages = window.stage.numbered(1, 3);
        const picture = { message: "", attachment_type: "image", attachment_url } as const;
        window.stage.change({ messages: messages.map((row) => ({ ...row, ...picture })) });
      }, attachment_url);
    await show("data:image/png;base64,AAAA");
    const placeholders = page.getByRole("img", { name: "This file cannot be shown" });
    await expect.poll(() => placeholders.count()).toBe(3);
    await show("data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");
    await page.locator('.parley-media[data-state="shown"]').nth(2).waitFor();
    expect(await placeholders.count()).toBe(0);
  });
});

describe("a page that draws messages in its own way", () => {
  test("gets the message and what would be drawn otherwise", async () => {
    const page = await open("count=3&custom");
    await settle(page);
    expect(await page.locator("mark").allTextContents()).toEqual(["m1", "m2", "m3"]);
    expect(await page.locator("mark + .message").count()).toBe(3);
  });
});

describe("the connection", () => {
  test("is told, and tried again on demand", async () => {
    const page = await open("");
    const status = page.locator(".connection-status");
    expect(await status.innerText()).toBe("Connected");
    await page.evaluate(() => {
      const { connection } = window.stage.chat;
      connection.set({ ...connection.get(), status: "reconnecting" });
    });
    expect(await status.innerText()).toBe("Reconnecting...");
    await page.getByRole("button", { name: "Reconnect now" }).click();
    await expect.poll(() => calls(page, "reconnect")).toBe(1);
  });
});

describe("nothing stands in the way", () => {
  test.each([
    ["in light", "scene&typing"],
    ["in the dark", "scene&typing&theme=dark"],
    ["from right to left", "scene&typing&dir=rtl&locale=he"],
    ["where messages are unread", "count=60&unread=40"],
    ["before anything was written", ""],
  ])("%s", async (_name, query) => {
    const page = await open(query, calm);
    await settle(page);
    expect(await obstacles(page)).toEqual([]);
  });

  test("of older messages and of those who attach files and pick emoji", async () => {
    const page = await open("scene", calm);
    await scrollToPicture(page);
    await page.locator("input[type=file]").setInputFiles([
      { name: "list.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(9) },
      { name: "none.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
    ]);
    await page.getByRole("button", { name: "Emoji" }).click();
    await page.getByRole("searchbox").waitFor();
    expect(await obstacles(page)).toEqual([]);
  });

  test("of those who look at pictures", async () => {
    const page = await open("scene", calm);
    await scrollToPicture(page);
    await page.getByRole("button", { name: "Open ridge-at-dusk.png" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await obstacles(page)).toEqual([]);
  });
});
