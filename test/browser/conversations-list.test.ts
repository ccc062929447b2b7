import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectAccessible } from "../support/accessibility.ts";
import { useBrowser } from "../support/browser.ts";
import { sampleNames } from "../support/sample-people.ts";
import { useStage } from "../support/stage.ts";

const browser = useBrowser();
const stage = useStage(resolve(import.meta.dirname, "inbox.stage.tsx"), {
  css: "body { margin: 0 }",
});

async function openList(query = ""): Promise<Page> {
  const { page } = await browser.newPerson({ viewport: { width: 420, height: 760 } });
  await page.goto(`${stage.url}?scene=list${query}`);
  await page.getByRole("heading", { name: "Messages" }).waitFor();
  return page;
}

const focused = (page: Page) =>
  page.evaluate(() => Number((document.activeElement as HTMLElement).dataset["userId"]));

describe("S1-77…81 the list of conversations", () => {
  test("has the documented classes and words", async () => {
    const page = await openList();
    const first = page
      .locator(".conversations-list .conversations-items .conversation-item")
      .first();
    expect(await page.locator(".conversations-header h2").innerText()).toBe("Messages");
    expect(await page.locator(".conversations-header .unread-badge").innerText()).toContain("99+");
    expect(await first.locator(".avatar-container .online-indicator").count()).toBe(1);
    expect(await first.locator(".conversation-content .conversation-header h4").innerText()).toBe(
      "Bob Baker",
    );
    expect(await first.locator(".conversation-header .timestamp").innerText()).toMatch(
      /^\d+:\d\d [AP]M$|day$/u,
    );
    expect(await first.locator(".last-message p.unread").innerText()).toBe(
      "Perfect, see you at the station then!",
    );
    expect(await first.locator(".last-message .unread-count").innerText()).toContain("2");
    const own = page.locator(".conversation-item").nth(2).locator(".last-message p");
    expect(await own.innerText()).toMatch(/^You: Danke/u);
    expect(await own.getAttribute("class")).toBe("");
  });

  test("draws what is unread bold, and long text with an ellipsis on one line", async () => {
    const page = await openList();
    const look = await page.locator(".last-message p").evaluateAll((all) =>
      all.map((each) => {
        const { fontWeight, textOverflow, whiteSpace } = getComputedStyle(each);
        return { bold: Number(fontWeight) >= 600, textOverflow, whiteSpace };
      }),
    );
    expect(look.map(({ bold }) => bold).slice(0, 6)).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(new Set(look.map((each) => `${each.textOverflow} ${each.whiteSpace}`))).toEqual(
      new Set(["ellipsis nowrap"]),
    );
  });

  test("hands over the other user on a click and marks the row", async () => {
    const page = await openList();
    await page.getByRole("option", { name: /^Carol Chen/u }).click();
    expect(await page.evaluate(() => window.selected)).toEqual([3]);
    expect(await page.getByRole("option", { selected: true }).getAttribute("data-user-id")).toBe(
      "3",
    );
  });

  test("shows who types in place of the last message", async () => {
    const page = await openList();
    const carol = page.getByRole("option", { name: /^Carol Chen .*typing\.\.\.$/u });
    expect(await carol.locator(".last-message").innerText()).toBe("typing...");
    await page.evaluate(() => {
      const { sample } = window;
      const state = sample.conversations.get();
      const rows = state.rows.map((row) => ({ ...row, is_typing: false }));
      sample.conversations.set({ ...state, rows });
    });
    expect(await page.locator('[data-user-id="3"] .last-message').innerText()).toBe(
      "Did the contract arrive?",
    );
  });

  test("says to a screen reader what a row shows", async () => {
    const page = await openList();
    const shown = await page.getByRole("listbox", { name: "Messages" }).ariaSnapshot();
    expect(shown).toMatch(
      /option "Bob Baker Online \S+( [AP]M)? Perfect, see you at the station then! 2 unread messages"/u,
    );
    expect(shown).toMatch(/option "Carol Chen \S+( [AP]M)? typing\.\.\."/u);
  });
});

describe("the keyboard in the list", () => {
  test("reaches it with one press of the tab key and moves with the arrows", async () => {
    const page = await openList();
    await page.getByRole("searchbox").focus();
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe(2);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe(4);
    await page.keyboard.press("End");
    expect(await focused(page)).toBe(sampleNames.length + 1);
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe(sampleNames.length + 1);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowUp");
    expect(await focused(page)).toBe(2);
    expect(await page.evaluate(() => window.selected)).toEqual([]);
  });

  test("chooses with Enter and with the space bar, and comes back to the same row", async () => {
    const page = await openList();
    await page.getByRole("searchbox").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press(" ");
    expect(await page.evaluate(() => window.selected)).toEqual([3, 4]);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe(4);
  });
});

describe("the search field", () => {
  test("narrows the rows down by name, whatever the accents, and Escape clears it", async () => {
    const page = await openList();
    const search = page.getByRole("searchbox", { name: "Search by name" });
    await search.fill("muller");
    expect(await page.locator(".conversation-item h4").allInnerTexts()).toEqual(["Dieter Müller"]);
    await search.fill("tan hi");
    expect(await page.locator(".conversation-item h4").allInnerTexts()).toEqual(["Hiro Tanaka"]);
    await search.fill("zebra");
    await page.getByText("Nobody here is called “zebra”").waitFor();
    await search.press("Escape");
    expect(await page.getByRole("option").count()).toBe(sampleNames.length);
  });
});

describe("while there is nothing to list", () => {
  const setState = (page: Page, change: object) =>
    page.evaluate((rest) => {
      const { conversations } = window.sample;
      conversations.set({ ...conversations.get(), ...rest });
    }, change);

  test("shows that it loads, that there is none, and what failed", async () => {
    const page = await openList("&bare");
    await setState(page, { loading: true });
    await page.getByText("Loading conversations...").waitFor();
    expect(await page.locator(".conversation-skeleton").count()).toBeGreaterThan(3);
    await setState(page, { loading: false });
    await page.getByText("No messages yet").waitFor();
    await setState(page, { error: "The server did not answer." });
    await page.getByRole("alert").getByText("The server did not answer.").waitFor();
    expect(await page.getByText("No messages yet").count()).toBe(0);
    await page.getByRole("button", { name: "Try again" }).click();
    expect(await page.evaluate(() => window.sample.calls.at(-1))).toBe("conversations refresh");
    await expectAccessible(page);
  });

  test("an error beside kept rows leaves them", async () => {
    const page = await openList();
    await setState(page, { error: "The server did not answer.", hasMore: true });
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("option").count()).toBe(sampleNames.length);
    expect(await page.evaluate(() => window.sample.calls)).not.toContain("conversations loadMore");
    await expectAccessible(page);
  });
});

test("the next page is asked for once, when the end comes near", async () => {
  const page = await openList();
  const asked = () =>
    page.evaluate(() => window.sample.calls.filter((call) => call.endsWith("loadMore")).length);
  await page.evaluate(() => {
    const { conversations } = window.sample;
    const state = conversations.get();
    const rows = Array.from({ length: 60 }, (_, index) => ({
      ...state.rows[index % state.rows.length]!,
      conversation_id: 5000 + index,
    }));
    conversations.set({ ...state, rows, hasMore: true });
  });
  await expect.poll(() => page.getByRole("option").count()).toBe(60);
  expect(await asked()).toBe(0);
  await page
    .locator(".conversations-items")
    .evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await expect.poll(asked).toBe(1);
  await page.evaluate(() => {
    const { conversations } = window.sample;
    conversations.set({ ...conversations.get(), loadingMore: true });
  });
  await page.getByText("Loading more...").waitFor();
  expect(await asked()).toBe(1);
});

test("is read again only as long as it is shown, once in StrictMode", async () => {
  const page = await openList();
  const calls = await page.evaluate(() => window.sample.calls);
  expect(calls).toEqual(["conversations open", "conversations close", "conversations open"]);
});

test.each(["", "&theme=dark", "&dir=rtl&locale=ar"])("axe finds nothing%s", async (query) => {
  await expectAccessible(await openList(query));
});

test("languages written from the right turn it around", async () => {
  const page = await openList("&dir=rtl&locale=ar");
  const avatar = await page.locator(".avatar-container").first().boundingBox();
  const time = await page.locator(".conversation-item .timestamp").first().boundingBox();
  expect(avatar!.x).toBeGreaterThan(time!.x);
});
