import { resolve } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { useBrowser } from "../support/browser.ts";
import { useStage } from "../support/stage.ts";

/** Opens the stage of one conversation; `query` says what is in it. */
export function useConversation() {
  const browser = useBrowser();
  const stage = useStage(resolve(import.meta.dirname, "conversation.stage.tsx"));

  return {
    async open(query: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
      const options: BrowserContextOptions = { viewport: { width: 800, height: 700 } };
      const { page } = await browser.newPerson(options);
      await prepare?.(page);
      await page.goto(`${stage.url}?${query}`);
      await page.locator(".parley-messages[data-placed]").waitFor();
      return page;
    },
  };
}

/** The list after what it still had to measure and to draw. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 8; frame += 1) await new Promise(requestAnimationFrame);
  });
}

/** How often the conversation asked its thread for that. */
export function calls(page: Page, name: string): Promise<number> {
  return page.evaluate(
    (name) => window.stage.chat.calls.filter((call) => call === name).length,
    name,
  );
}
