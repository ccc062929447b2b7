import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import type { TestBrowser } from "../support/browser.ts";
import { openStage } from "../support/stage.ts";
import type { Stage } from "../support/stage.ts";

let browser: TestBrowser;
let stage: Stage;

beforeAll(async () => {
  stage = await openStage(resolve(import.meta.dirname, "harness.stage.tsx"));
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await stage.close();
});

describe("a stage", () => {
  test("shows its entry", async () => {
    const { page } = await browser.newPerson();
    await page.goto(stage.url);
    const text = `Hello from ${new URL(stage.url).host}`;
    expect(await page.getByText(text).innerText()).toBe(text);
    await browser.closePeople();
  });

  test("fails the test when its page breaks the policy", async () => {
    const { page, trouble } = await browser.newPerson();
    await page.goto(`${stage.url}?hostile`);
    await page.getByText("Hello").waitFor();
    await expect.poll(() => trouble.join()).toContain("policy script-src-elem: inline");
    expect(await page.title()).toBe("Stage");
    await expect(browser.closePeople()).rejects.toThrow("complaints of the browser");
  });

  test("fails the test when a script throws, unless that is expected", async () => {
    const one = await browser.newPerson();
    await one.page.goto(stage.url);
    await one.page.evaluate(() => void setTimeout(() => void Promise.reject(new Error("Broken"))));
    await expect.poll(() => one.trouble.join()).toContain("Broken");
    await expect(browser.closePeople()).rejects.toThrow("complaints of the browser");
    const other = await browser.newPerson();
    other.expectTrouble(/404/);
    await other.page.goto(stage.url);
    await other.page.evaluate(() => fetch("/nothing-here"));
    await expect.poll(() => other.trouble.length).toBe(1);
    await browser.closePeople();
  });
});
