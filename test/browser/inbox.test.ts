import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectAccessible } from "../support/accessibility.ts";
import { useBrowser } from "../support/browser.ts";
import { useStage } from "../support/stage.ts";

const browser = useBrowser();
const stage = useStage(resolve(import.meta.dirname, "inbox.stage.tsx"), {
  css: "body { margin: 0 }",
});

async function openInbox(width: number, query = ""): Promise<Page> {
  const { page } = await browser.newPerson({
    viewport: { width, height: 760 },
    reducedMotion: "reduce",
  });
  await page.goto(`${stage.url}?scene=inbox${query}`);
  await page.locator(".inbox").waitFor();
  return page;
}

const list = (page: Page) => page.locator(".conversations-list");
const chat = (page: Page) => page.locator(".chat-window");
const back = (page: Page) => page.getByRole("button", { name: "Back to all conversations" });

describe("S2-49 where there is room", () => {
  test("the list stays beside the chat, and the cursor goes to the text", async () => {
    const page = await openInbox(1100);
    await page.getByText("Pick a conversation").waitFor();
    await page.getByRole("option", { name: /^Bob Baker/u }).click();
    await chat(page).getByRole("heading", { name: "Bob Baker" }).first().waitFor();
    expect(await list(page).isVisible()).toBe(true);
    expect(await back(page).isVisible()).toBe(false);
    await expect.poll(() => page.locator(".message-input:focus").count()).toBe(1);
    await page.getByRole("option", { name: /^Carol Chen/u }).click();
    await chat(page).getByRole("heading", { name: "Carol Chen" }).first().waitFor();
    expect(await chat(page).count()).toBe(1);
  });
});

describe("S2-49 where it is narrow", () => {
  test("there is one at a time, with a way back to the same row", async () => {
    const page = await openInbox(420);
    expect(await list(page).isVisible()).toBe(true);
    expect(await page.getByText("Pick a conversation").isVisible()).toBe(false);
    const carol = page.getByRole("option", { name: /^Carol Chen/u });
    await carol.focus();
    await page.keyboard.press("Enter");
    await chat(page).waitFor();
    expect(await list(page).isVisible()).toBe(false);
    expect(await chat(page).boundingBox()).toMatchObject({ width: 420 });
    await back(page).click();
    await expect.poll(() => list(page).isVisible()).toBe(true);
    expect(await chat(page).count()).toBe(0);
    await expect.poll(() => carol.evaluate((row) => row === document.activeElement)).toBe(true);
  });

  test("the room of the inbox counts, not that of the window", async () => {
    const page = await openInbox(1100);
    await page.locator("main").evaluate((main) => void (main.style.width = "400px"));
    await page.getByRole("option", { name: /^Bob Baker/u }).click();
    await chat(page).waitFor();
    expect(await list(page).isVisible()).toBe(false);
    expect(await back(page).isVisible()).toBe(true);
  });
});

describe("S2-57, S2-59 the theme", () => {
  const colors = (page: Page) =>
    list(page).evaluate((each) => {
      const { color, backgroundColor } = getComputedStyle(each);
      return `${color} on ${backgroundColor}`;
    });
  const light = "rgb(27, 31, 36) on rgb(255, 255, 255)";
  const dark = "rgb(236, 239, 243) on rgb(21, 24, 29)";

  test("is light or dark as the page says, whatever the device prefers", async () => {
    const page = await openInbox(1100);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await colors(page)).toBe(light);
    const other = await openInbox(1100, "&theme=dark");
    await other.emulateMedia({ colorScheme: "light" });
    expect(await colors(other)).toBe(dark);
  });

  test("follows the device where the page wants that", async () => {
    const page = await openInbox(1100, "&theme=system");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await colors(page)).toBe(dark);
    await page.emulateMedia({ colorScheme: "light" });
    expect(await colors(page)).toBe(light);
  });

  test("takes the page's own colours and fonts from its variables", async () => {
    const page = await openInbox(1100, "&theme=dark");
    await page.evaluate(() => {
      document.documentElement.style.setProperty("--parley-background", "rgb(1, 2, 3)");
      document.documentElement.style.setProperty("--parley-font", "monospace");
    });
    expect(await colors(page)).toContain("on rgb(1, 2, 3)");
    const font = await list(page).evaluate((each) => getComputedStyle(each).fontFamily);
    expect(font).toBe("monospace");
  });
});

test.each([1100, 420])("axe finds nothing %d pixels wide", async (width) => {
  const page = await openInbox(width);
  await expectAccessible(page);
  await page.getByRole("option").first().click();
  await chat(page).waitFor();
  await expectAccessible(page);
});
