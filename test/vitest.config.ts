import { resolve } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;

// The tests hand every secret to the Worker themselves; Wrangler warns that no file holds them.
process.env["WRANGLER_LOG"] ??= "error";

/** Every folder that needs neither a platform nor a running server. */
const portable = {
  test: {
    name: "portable",
    root,
    include: ["**/*.test.ts"],
    exclude: ["platforms/**", "journeys/**"],
    testTimeout: 15_000,
    hookTimeout: 60_000,
    sequence: { groupOrder: 0 },
  },
};

const local = {
  test: {
    name: "local",
    root,
    include: ["platforms/local/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { groupOrder: 1 },
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
    maxWorkers: 2,
    sequence: { groupOrder: 2 },
  },
};

/** One server process at a time: each file starts `npm start` for itself. */
const journeys = {
  test: {
    name: "journeys",
    root,
    include: ["journeys/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: 3 },
  },
};

export default defineConfig({
  cacheDir: resolve(root, "../node_modules/.vite"),
  test: { root, passWithNoTests: true, projects: [portable, local, workerd, journeys] },
});
