import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const require = createRequire(import.meta.url);

/** Whether a page has a heading of its own is no business of what is put into it. */
const run = 'axe.run({ rules: { "page-has-heading-one": { enabled: false } } })';

/** Fails when axe finds anything wrong with the page as it is now: contrast, names, roles, order. */
export async function expectAccessible(page: Page): Promise<void> {
  // The page's policy forbids inline scripts; what the debugger evaluates is not one.
  await page.evaluate(await readFile(require.resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate<AxeResults>(run);
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`,
  );
  expect(found, "what axe found").toEqual([]);
}
