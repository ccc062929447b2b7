import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/platforms/local/config.ts";

describe("the local configuration", () => {
  test("needs nothing", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 8787,
      dataDir: expect.stringMatching(/\.data$/),
      databaseUrl: undefined,
      redisUrl: undefined,
      demo: true,
      workerVars: { ACCOUNTS: "on" },
    });
  });

  test("hands the Worker's own settings on, and no others", () => {
    const { workerVars } = readConfig({ ACCOUNTS: "off", LIMITS: "{}", HOME: "/home" });
    expect(workerVars).toEqual({ ACCOUNTS: "off", LIMITS: "{}" });
  });

  test.each([
    [{ PORT: "abc" }, /^PORT must be a number from 1 to 65535, not "abc"$/],
    [{ PORT: "70000" }, /^PORT must be a number.*$/],
    [{ AUTH_SECRET: "" }, /^AUTH_SECRET must have at least 32 characters.*$/],
    [{ SERVICE_KEY: "x".repeat(31) }, /^SERVICE_KEY must have at least 32 characters.*$/],
    [{ DATABASE_URL: "mysql://h/d" }, /^DATABASE_URL must be an address like postgresql:.*$/],
    [{ REDIS_URL: "localhost" }, /^REDIS_URL must be an address like redis:.*$/],
  ])("%o is refused in one line", (env, line) => {
    expect(() => readConfig(env)).toThrow(line);
  });
});
