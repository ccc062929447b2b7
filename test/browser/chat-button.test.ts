import { resolve } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectAccessible } from "../support/accessibility.ts";
import { useBrowser } from "../support/browser.ts";
import { useStage } from "../support/stage.ts";

const browser = useBrowser();
const stage = useStage(resolve(import.meta.dirname, "inbox.stage.tsx"), {
  css: "body { margin: 0 }",
});

const wide: BrowserContextOptions = { viewport: { width: 1100, height: 820 } };
async function openPage(query: string, options = wide): Promise<Page> {
  const { page } = await browser.newPerson({ reducedMotion: "reduce", ...options });
  await page.goto(`${stage.url}?${query}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

const modal = (page: Page) => page.getByRole("dialog", { name: "Chat with Bob Baker" });

describe("S2-34, S2-35 the button", () => {
  test("opens the chat with its person, and shows what is unread of them", async () => {
    const page = await openPage("scene=buttons");
    const button = page
      .locator(".chat-button-primary:not(.chat-button-small, .chat-button-large)")
      .first();
    expect(await button.locator(".unread-badge").innerText()).toContain("2");
    await button.click();
    await modal(page).locator(".chat-window").waitFor();
    await expect.poll(() => modal(page).locator(".message-input:focus").count()).toBe(1);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    expect(await modal(page).isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".chat-modal").count()).toBe(0);
    expect(await button.evaluate((each) => each === document.activeElement)).toBe(true);
  });

  test("is disabled for oneself", async () => {
    const page = await openPage("scene=buttons");
    const own = page.getByRole("button", { name: "Message to Alice Adams" });
    expect(await own.count()).toBe(3);
    expect(await own.first().isDisabled()).toBe(true);
  });

  test("loads the chat's code only when it is wanted", async () => {
    const { page } = await browser.newPerson(wide);
    const scripts: string[] = [];
    page.on("request", (request) => {
      if (request.resourceType() === "script") scripts.push(new URL(request.url()).pathname);
    });
    await page.goto(`${stage.url}?scene=buttons`);
    await page.locator(".chat-button").first().waitFor();
    const before = scripts.length;
    await page.locator(".chat-button").first().click();
    await modal(page).waitFor();
    expect(scripts.slice(before)).not.toEqual([]);
  });

  test("has each variant in each size under its documented class", async () => {
    const page = await openPage("scene=buttons");
    const classes = await page
      .locator(".chat-button")
      .evaluateAll((all) => all.map((each) => each.className));
    for (const variant of ["primary", "secondary", "success", "dark", "outline"]) {
      for (const size of ["chat-button-small ", "", "chat-button-large "]) {
        expect(classes).toContain(`parley chat-button ${size}chat-button-${variant}`);
      }
    }
    const background = (variant: string) =>
      page
        .locator(`.chat-button-${variant}`)
        .first()
        .evaluate((each) => getComputedStyle(each).backgroundImage);
    expect(await background("primary")).toContain("linear-gradient");
    expect(await background("success")).toContain("linear-gradient");
    expect(await background("secondary")).toBe("none");
  });
});

describe("axe finds nothing", () => {
  test.each(["buttons", "buttons&theme=dark"])("with %s", async (query) => {
    await expectAccessible(await openPage(`scene=${query}`));
  });
});
