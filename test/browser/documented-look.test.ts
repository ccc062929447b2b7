import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { openStage, type Stage } from "../support/stage.ts";

const browser = useBrowser();
const stages: Record<string, Stage> = {};

beforeAll(async () => {
  for (const name of ["inbox", "conversation"]) {
    stages[name] = await openStage(resolve(import.meta.dirname, `${name}.stage.tsx`));
  }
});
afterAll(() => Promise.all(Object.values(stages).map((stage) => stage.close())));

async function openScene(name: string, query: string): Promise<Page> {
  const { page } = await browser.newPerson({ viewport: { width: 1600, height: 1000 } });
  await page.goto(`${stages[name]?.url}?${query}`);
  return page;
}

interface Look {
  width: number;
  height: number;
  radius: number;
  background: [red: number, green: number, blue: number];
}

function lookOf(page: Page, name: string): Promise<Look> {
  return page
    .locator(name)
    .first()
    .evaluate((element) => {
      const { borderTopLeftRadius, backgroundColor } = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      const dot = document.createElement("canvas").getContext("2d")!;
      dot.fillStyle = backgroundColor;
      dot.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = dot.getImageData(0, 0, 1, 1).data;
      return {
        width,
        height,
        radius: Number.parseFloat(borderTopLeftRadius),
        background: [red, green, blue],
      };
    });
}

test("a chat has the documented sizes and colours", async () => {
  const page = await openScene("conversation", "scene");
  await page.locator(".parley-messages[data-placed]").waitFor();
  expect((await lookOf(page, ".chat-window")).width).toBeLessThanOrEqual(800);
  const list = await lookOf(page, ".messages-container");
  const widths = await page
    .locator(".message")
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
  expect(Math.max(...widths)).toBeLessThanOrEqual(list.width * 0.7 + 1);
  const avatar = await lookOf(page, ".user-info .parley-avatar");
  expect([avatar.width, avatar.height]).toEqual([40, 40]);
  const [red, green, blue] = (await lookOf(page, ".message-sent .message-content")).background;
  expect(blue).toBeGreaterThan(Math.max(red, green) + 40);
  const grey = (await lookOf(page, ".message-received .message-content")).background;
  expect(Math.max(...grey) - Math.min(...grey)).toBeLessThan(20);
  const sent = await page.locator(".message-sent").first().boundingBox();
  const received = await page.locator(".message-received").first().boundingBox();
  expect(sent?.x).toBeGreaterThan(received?.x ?? 0);
});

test("the list of conversations has the documented sizes and colours", async () => {
  const page = await openScene("inbox", "scene=list");
  const list = await lookOf(page, ".conversations-list");
  expect(list.width).toBeLessThanOrEqual(400);
  const avatar = await lookOf(page, ".avatar-container .parley-avatar");
  expect([avatar.width, avatar.height]).toEqual([50, 50]);
  const [red, green, blue] = (await lookOf(page, ".unread-count")).background;
  expect(red).toBeGreaterThan(Math.max(green, blue) + 80);
  const dot = (await lookOf(page, ".online-indicator")).background;
  expect(dot[1]).toBeGreaterThan(Math.max(dot[0], dot[2]) + 40);
});

test("bubbles are round or square as the page says, or have its own radius", async () => {
  const radiusOf = async (page: Page) => {
    await page.locator(".message").first().waitFor();
    return (await lookOf(page, ".message-received .message-content")).radius;
  };
  const open = async (query: string) => {
    const page = await openScene("inbox", `scene=inbox${query}`);
    await page.getByRole("option", { name: /Bob/ }).click();
    return page;
  };
  const round = await open("");
  expect(await radiusOf(round)).toBeGreaterThan(await radiusOf(await open("&bubble=square")));
  await round.evaluate(() =>
    document.documentElement.style.setProperty("--parley-bubble-radius", "3px"),
  );
  expect(await radiusOf(round)).toBe(3);
});
