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
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 780 },
  hasTouch: true,
  isMobile: true,
};

async function openPage(query: string, options = wide): Promise<Page> {
  const { page } = await browser.newPerson({ reducedMotion: "reduce", ...options });
  await page.goto(`${stage.url}?${query}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

const modal = (page: Page) => page.getByRole("dialog", { name: "Chat with Bob Baker" });
const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

async function openModal(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start Chat" }).click();
  await modal(page).locator(".chat-window").waitFor();
}

describe("S2-27 the chat over a page", () => {
  test("opens and closes as its owner says, and gives the focus back", async () => {
    const page = await openPage("scene=modal");
    expect(await page.locator(".chat-modal").count()).toBe(0);
    await openModal(page);
    await expect.poll(() => modal(page).locator(":focus").count()).toBe(1);
    await modal(page).getByRole("button", { name: "Close" }).click();
    await expect.poll(() => page.locator(".chat-modal").count()).toBe(0);
    expect(await focusedText(page)).toBe("Start Chat");
  });

  test("closes at Escape and at a press beside it, not at one inside", async () => {
    const page = await openPage("scene=modal");
    await openModal(page);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".chat-modal").count()).toBe(0);
    await openModal(page);
    await modal(page).locator(".chat-header").click();
    await page.mouse.move(550, 300);
    await page.mouse.down();
    await page.mouse.move(20, 300);
    await page.mouse.up();
    expect(await modal(page).isVisible()).toBe(true);
    await page.mouse.click(20, 300);
    await expect.poll(() => page.locator(".chat-modal").count()).toBe(0);
    expect(await focusedText(page)).toBe("Start Chat");
  });

  test("keeps the focus inside", async () => {
    const page = await openPage("scene=modal");
    await openModal(page);
    for (let press = 0; press < 12; press += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one press after the other
      await page.keyboard.press("Tab");
      // oxlint-disable-next-line no-await-in-loop -- one press after the other
      const inside = await page.evaluate(
        () =>
          document.activeElement === document.body ||
          document.activeElement?.closest(".chat-modal") !== null,
      );
      expect(inside).toBe(true);
    }
  });

  test("keeps the page behind from scrolling, and lets it scroll again", async () => {
    const page = await openPage("scene=modal");
    const overflow = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).overflowY);
    const before = await overflow();
    await openModal(page);
    expect(await overflow()).toBe("hidden");
    await page.mouse.move(20, 300);
    await page.mouse.wheel(0, 400);
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.keyboard.press("Escape");
    await expect.poll(overflow).toBe(before);
  });

  test("shows nothing for nobody", async () => {
    const page = await openPage("scene=modal&nobody");
    await page.getByRole("button", { name: "Start Chat" }).click();
    expect(await page.locator(".chat-modal").count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.style.overflow)).toBe("");
  });

  test("closed, it neither reads the thread nor says that it was seen", async () => {
    const page = await openPage("scene=modal");
    await openModal(page);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".chat-modal").count()).toBe(0);
    const calls = await page.evaluate(() => window.sample.calls);
    expect(calls.filter((call) => call === "thread 2 open").length).toBe(
      calls.filter((call) => call === "thread 2 close").length,
    );
  });

  test("moves out before it goes, unless motion is unwelcome", async () => {
    const page = await openPage("scene=modal", { ...wide, reducedMotion: "no-preference" });
    await openModal(page);
    await page.keyboard.press("Escape");
    expect(await page.locator(".chat-modal").count()).toBe(1);
    await expect.poll(() => page.locator(".chat-modal").count()).toBe(0);
  });

  test("opened again on its way out, it stays", async () => {
    const page = await openPage("scene=modal", { ...wide, reducedMotion: "no-preference" });
    await openModal(page);
    await page.evaluate(() => {
      const dialog = document.querySelector("dialog");
      dialog?.querySelector<HTMLElement>('[aria-label="Close"]')?.click();
      requestAnimationFrame(() => document.querySelector<HTMLElement>("main button")?.click());
    });
    await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0);
    expect(await modal(page).isVisible()).toBe(true);
  });
});

test("S2-61 where the chat's code does not come, it says so and tries again", async () => {
  const person = await browser.newPerson({ ...wide, reducedMotion: "reduce" });
  person.expectTrouble(/import|ERR_FAILED|boundary/u);
  const { page } = person;
  await page.route("**/chat-window-*.js", (route) => route.abort());
  await page.goto(`${stage.url}?scene=modal`);
  await page.getByRole("button", { name: "Start Chat" }).click();
  await modal(page).getByRole("alert").getByText("The chat could not be loaded").waitFor();
  expect(await modal(page).getByRole("button", { name: "Close" }).isVisible()).toBe(true);
  await expectAccessible(page);
  await page.unroute("**/chat-window-*.js");
  await modal(page).getByRole("button", { name: "Try again" }).click();
  await modal(page).locator(".chat-window").waitFor();
});

describe("S2-47…49 on a phone", () => {
  test("takes the whole screen, and every control is big enough for a thumb", async () => {
    const page = await openPage("scene=modal", phone);
    await openModal(page);
    expect(await modal(page).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 780 });
    const small = await modal(page)
      .locator("button")
      .evaluateAll((all) =>
        all
          .filter((each) => each.checkVisibility({ opacityProperty: true }))
          .map((each) => ({ name: each.ariaLabel, box: each.getBoundingClientRect() }))
          .filter(({ box }) => box.width < 44 || box.height < 44)
          .map(({ name }) => name),
      );
    expect(small).toEqual([]);
  });

  test("fits what an on-screen keyboard leaves", async () => {
    const page = await openPage("scene=modal", phone);
    await openModal(page);
    await page.evaluate(() => {
      const viewport = window.visualViewport;
      if (!viewport) throw new Error("No visual viewport");
      Object.defineProperty(viewport, "height", { value: 420, configurable: true });
      Object.defineProperty(viewport, "offsetTop", { value: 30, configurable: true });
      viewport.dispatchEvent(new Event("resize"));
    });
    await expect
      .poll(() => modal(page).boundingBox())
      .toEqual({ x: 0, y: 30, width: 390, height: 420 });
  });
});

describe("axe finds nothing", () => {
  test.each(["modal", "modal&theme=dark", "modal&dir=rtl"])("with %s open", async (query) => {
    const page = await openPage(`scene=${query}`);
    await openModal(page);
    await expectAccessible(page);
  });
});
