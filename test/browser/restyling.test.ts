import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { useStage } from "../support/stage.ts";

/** Documented classes, each with something that Parley's own styles say of it, too. */
const rules: [selector: string, property: string, value: string][] = [
  [".chat-header", "background-color", "rgb(1, 2, 3)"],
  [".user-info", "column-gap", "7px"],
  [".messages-container", "background-color", "rgb(1, 2, 3)"],
  [".message", "max-width", "33%"],
  [".message-content", "border-top-left-radius", "3px"],
  [".message-meta", "font-size", "9px"],
  [".message-input-form", "padding-top", "17px"],
  [".message-input", "padding-left", "17px"],
  [".send-button", "background-color", "rgb(1, 2, 3)"],
  [".conversations-list", "background-color", "rgb(1, 2, 3)"],
  [".conversations-header", "padding-top", "17px"],
  [".conversation-item", "column-gap", "7px"],
  [".online-indicator", "background-color", "rgb(1, 2, 3)"],
  [".unread-count", "background-color", "rgb(1, 2, 3)"],
  [".timestamp", "font-size", "9px"],
  [".last-message p", "font-size", "9px"],
];

const browser = useBrowser();
const stage = useStage(resolve(import.meta.dirname, "inbox.stage.tsx"), {
  css: rules.map(([selector, name, value]) => `${selector} { ${name}: ${value} }`).join("\n"),
});

describe("a page's own style sheet", () => {
  test("has its way by a documented class alone", async () => {
    const calm = { viewport: { width: 1_100, height: 700 }, reducedMotion: "reduce" } as const;
    const { page } = await browser.newPerson(calm);
    await page.goto(`${stage.url}?scene=inbox`);
    await page.getByRole("option").first().click();
    await page.locator(".message-sent").first().waitFor();
    await page.locator(".message-input").fill("Hello");
    const found = await page.evaluate(
      (rules) =>
        rules.map(([selector, property, value]) => {
          const elements = [...document.querySelectorAll(selector)];
          const values = elements.map((each) => getComputedStyle(each).getPropertyValue(property));
          return [selector, property, values.find((each) => each !== value) ?? values[0]];
        }),
      rules,
    );
    expect(found).toEqual(rules);
  });
});
