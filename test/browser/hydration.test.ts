import { resolve } from "node:path";
import { expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { useStage } from "../support/stage.ts";

const browser = useBrowser();
const stage = useStage(resolve(import.meta.dirname, "hydration.stage.tsx"));

test("what a server drew comes to life without a difference", async () => {
  const person = await browser.newPerson();
  // A policy without inline styles refuses those of the server's text; drawn by a script they are none.
  person.expectTrouble(/policy style-src|Applying inline style/u);
  const { page } = person;
  await page.goto(stage.url);
  await page.getByRole("dialog", { name: "Chat with Bob Baker" }).locator(".chat-window").waitFor();
  expect(await page.evaluate(() => window.recovered)).toEqual([]);
});
