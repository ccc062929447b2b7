import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { findChromium } from "./support/find-chromium.ts";
import { journeysOnBun } from "./support/journeys-on-bun.ts";

const root = import.meta.dirname;

// The tests hand every secret to the Worker themselves; Wrangler warns that no file holds them.
process.env["WRANGLER_LOG"] ??= "error";

/** What is waited for has this long on a busy machine. */
const patience = { poll: { timeout: 15_000 } };

/** A starved machine may stop a page or a process in mid-test: it gets another chance there, and the report says so. */
const retry = process.env["CI"] === "true" ? 2 : 0;

/** These compute and hardly wait: a file for each core, and `asleep`. */
const everyCore = { maxWorkers: availableParallelism() + 1, sequence: { groupOrder: 0 } };

const sleeping = ["journeys/hibernation.test.ts"];

/** The longest wait of all, for hubs to fall asleep. Vitest begins with the first name of the alphabet. */
const asleep = {
  test: {
    name: "asleep",
    root,
    include: sleeping,
    expect: patience,
    retry,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    ...everyCore,
  },
};

/** What runs in pages; but one of them asks the whole app, over the database that `portable` has. */
const pages = ["client/**/!(apis).test.ts", "react/**/*.test.{ts,tsx}"];

/**
 * Every folder that needs neither a platform, a running server nor a browser's globals. No file leaves a trace in its
 * process, so the next one goes on in it and need not load everything anew.
 */
const portable = {
  test: {
    name: "portable",
    root,
    include: ["**/*.test.{ts,tsx}"],
    exclude: [...pages, "platforms/**", "journeys/**", "browser/**"],
    globalSetup: ["support/embedded-template.ts"],
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...everyCore,
  },
};

/** Some of these files need a browser's globals, others need that there are none: a process for each. */
const client = {
  test: {
    name: "client",
    root,
    include: pages,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...everyCore,
  },
};

const local = {
  test: {
    name: "local",
    root,
    include: ["platforms/local/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...everyCore,
  },
};

const workerd = {
  plugins: [
    cloudflareTest(({ inject }) => ({
      wrangler: { configPath: resolve(root, "../wrangler.toml") },
      miniflare: { bindings: inject("workerBindings") },
    })),
  ],
  test: {
    name: "workerd",
    root,
    include: ["platforms/cloudflare/**/*.test.ts"],
    globalSetup: ["support/embedded-services.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...everyCore,
  },
};

/** Each file starts `npm start` for itself and mostly waits for it: three at a time. */
const journeys = {
  test: {
    name: "journeys",
    root,
    include: process.env["PARLEY_PLATFORM"] === "bun" ? journeysOnBun : ["journeys/**/*.test.ts"],
    exclude: sleeping,
    expect: patience,
    retry,
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: 1 },
  },
};

/** What people see, in a real browser, against servers of its own. */
const browser = {
  test: {
    name: "browser",
    root,
    include: ["browser/**/*.test.{ts,tsx}"],
    expect: patience,
    retry,
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: 1 },
  },
};

const told = "PARLEY_TOLD_OF_NO_BROWSER";

/** A machine without a browser runs everything else; continuous integration must have one. */
function browserProjects(): (typeof browser)[] {
  if (findChromium() !== null) return [browser];
  const how = "Install Chromium or Chrome, or name one in CHROMIUM";
  if (process.env["CI"] === "true") throw new Error(`The browser tests have no browser. ${how}.`);
  // This file is read once for each project.
  if (process.env[told] === undefined)
    console.warn(`\nSKIPPED: the tests in test/browser, because no browser was found. ${how}.\n`);
  process.env[told] = "yes";
  return [];
}

export default defineConfig({
  cacheDir: resolve(root, "../node_modules/.vite"),
  test: {
    root,
    passWithNoTests: true,
    projects: [asleep, portable, client, local, workerd, journeys, ...browserProjects()],
  },
});
