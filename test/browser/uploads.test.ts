import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { expectStatus, historyOf, useDemo, write } from "./demo-page.ts";

const demo = useDemo();
const kilobyte = 1024;

/** A line to the server that takes so many bytes a second. */
async function slowDown(page: Page, uploadThroughput: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput,
  });
}

async function sendFile(page: Page, name: string, bytes: number): Promise<void> {
  const file = { name, mimeType: "text/plain", buffer: randomBytes(bytes) };
  await page.locator('.chat-window input[type="file"]').setInputFiles(file);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Every share that the page shows, from now on. */
async function watchProgress(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const shares: number[] = [];
    Object.assign(globalThis, { shares });
    const look = (): void => {
      const value = document.querySelector('[role="progressbar"]')?.getAttribute("aria-valuenow");
      if (value && Number(value) !== shares.at(-1)) shares.push(Number(value));
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
    });
  });
  return () => page.evaluate(() => Reflect.get(globalThis, "shares") as number[]);
}

test("a file shows how far it has come, arrives whole, and one that is stopped never does", async () => {
  const [alice, bob] = [await demo.invent("Alice"), await demo.invent("Bob")];
  const { page } = await demo.comeIn(alice, bob.id);
  const other = await demo.comeIn(bob, alice.id);
  await expectStatus(page, "Connected");
  await slowDown(page, 400 * kilobyte);
  const shares = await watchProgress(page);

  await sendFile(page, "slow.txt", 1200 * kilobyte);
  const arrived = other.page.locator(".message-received", { hasText: "slow.txt" });
  await arrived.waitFor({ timeout: 40_000 });
  const shown = await shares();
  expect(shown.filter((share) => share > 0 && share < 100).length).toBeGreaterThanOrEqual(3);
  expect(shown).toEqual(shown.toSorted((one, two) => one - two));
  await expect.poll(() => page.locator('[role="progressbar"]').count()).toBe(0);

  await sendFile(page, "stopped.txt", 4000 * kilobyte);
  const stop = page.getByRole("button", { name: "Cancel the upload" });
  await stop.waitFor();
  await stop.click();
  await expect.poll(() => page.locator(".message", { hasText: "stopped.txt" }).count()).toBe(0);
  await write(page, "after it");
  await other.page.locator(".message-received", { hasText: "after it" }).waitFor();
  expect(await other.page.locator(".message", { hasText: "stopped.txt" }).count()).toBe(0);
  expect(await historyOf(bob, alice.id)).toEqual(["", "after it"]);
});
