import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "portable", root: import.meta.dirname, include: ["tooling/**/*.test.ts"] } },
    ],
  },
});
