import { chromium } from "playwright-core";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { findChromium } from "./find-chromium.ts";

const flags = [
  "--no-sandbox",
  // Containers have little shared memory.
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Says each violation of the page's Content-Security-Policy, in every frame and before any script of the page. */
const watchPolicy = `addEventListener("securitypolicyviolation", (event) =>
  reportTrouble("policy " + event.effectiveDirective + ": " + event.blockedURI + " " + event.sample));`;

/** Somebody's browser: storage, cookies and network of its own. */
export interface BrowserPerson {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console, the scripts and the policy complained about so far. */
  readonly trouble: readonly string[];
  /** Complaints that match are part of what is tested, for instance a request without a network. */
  expectTrouble(pattern: RegExp): void;
}

export interface TestBrowser {
  newPerson(options?: BrowserContextOptions): Promise<BrowserPerson>;
  /** Ends all people's pages; fails when one of them complained. */
  closePeople(): Promise<void>;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("No Chromium is installed, and CHROMIUM is not set");
  const browser = await chromium.launch({ executablePath, args: flags });
  const people: { person: BrowserPerson; unexpected: () => string[] }[] = [];

  return {
    async newPerson(options) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(15_000);
      const { trouble, ...watching } = await watchTrouble(context);
      const person = { context, trouble, page: await context.newPage(), ...watching };
      people.push({ person, unexpected: watching.unexpected });
      return person;
    },
    async closePeople() {
      const leaving = people.splice(0);
      const complaints = leaving.flatMap(({ unexpected }) => unexpected());
      await Promise.all(leaving.map(({ person }) => person.context.close()));
      expect(complaints, "complaints of the browser").toEqual([]);
    },
    close: () => browser.close(),
  };
}

async function watchTrouble(context: BrowserContext) {
  const trouble: string[] = [];
  const expected: RegExp[] = [];
  await context.exposeBinding("reportTrouble", (_source, text: string) => void trouble.push(text));
  await context.addInitScript({ content: watchPolicy });
  context.on("console", (message) => {
    if (message.type() === "error") trouble.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => trouble.push(String(error.error())));
  return {
    trouble,
    expectTrouble: (pattern: RegExp) => void expected.push(pattern),
    unexpected: () => trouble.filter((text) => !expected.some((pattern) => pattern.test(text))),
  };
}

/** One browser for a file; after each test its people leave, and must have had nothing to complain about. */
export function useBrowser(): Pick<TestBrowser, "newPerson"> {
  let browser: TestBrowser | undefined;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterEach(() => browser?.closePeople());
  afterAll(() => browser?.close());

  return {
    newPerson(options) {
      if (!browser) throw new Error("The browser opens before the tests, not before the file");
      return browser.newPerson(options);
    },
  };
}
