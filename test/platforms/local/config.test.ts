import { describe, expect, test } from "vitest";
import { localUrl, readConfig } from "../../../src/platforms/machine/config.ts";

describe("the local configuration", () => {
  test("needs nothing", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 8787,
      dataDir: expect.stringMatching(/\.data$/),
      databaseUrl: undefined,
      redisUrl: undefined,
      demo: true,
      trustProxy: false,
      settings: { ACCOUNTS: "on" },
    });
  });

  test("hands the Worker's own settings on, and no others", () => {
    const { settings } = readConfig({ ACCOUNTS: "off", LIMITS: "{}", HOME: "/home" });
    expect(settings).toEqual({ ACCOUNTS: "off", LIMITS: "{}" });
  });

  test("takes an empty setting for none, but an empty list of origins for nobody", () => {
    const empty = { ACCOUNTS: "", DEMO: "", LIMITS: "", PUBLIC_URL: "", TRUST_PROXY: "" };
    const { demo, trustProxy, settings } = readConfig({ ...empty, ALLOWED_ORIGINS: "" });
    expect({ demo, trustProxy }).toEqual({ demo: true, trustProxy: false });
    expect(settings).toEqual({ ACCOUNTS: "on", ALLOWED_ORIGINS: "" });
  });

  test.each([
    "http://localhost:*,http://127.0.0.1:*",
    "https://example.com, https://*.example.com:8443",
    "https://preview-*.example.com,capacitor://localhost,http://[::1]:5173,",
  ])("takes the origins %s", (origins) => {
    expect(readConfig({ ALLOWED_ORIGINS: origins }).settings).toHaveProperty(
      "ALLOWED_ORIGINS",
      origins,
    );
  });

  test.each([
    "*",
    "**",
    "null",
    "example.com",
    "https://**.example.com",
    "https://a.example/path",
    "https://a.example/",
    "https://a..example",
    "https://A.example",
    "https://a.example https://b.example",
  ])("refuses the origin %s in one line", (entry) => {
    expect(() => readConfig({ ALLOWED_ORIGINS: `https://good.example,${entry}` })).toThrow(
      `ALLOWED_ORIGINS: "${entry}" is no origin; `,
    );
  });

  test.each([
    ["127.0.0.1", "http://localhost:80"],
    ["0.0.0.0", "http://localhost:80"],
    ["192.168.1.5", "http://192.168.1.5:80"],
    ["fd00::1", "http://[fd00::1]:80"],
  ])("reaches a server that listens on %s at %s", (host, url) => {
    expect(localUrl({ host, port: 80 })).toBe(url);
  });

  test.each([
    [{ PORT: "abc" }, /^PORT must be a number from 1 to 65535, not "abc"$/],
    [{ PORT: "70000" }, /^PORT must be a number.*$/],
    [{ AUTH_SECRET: "" }, /^AUTH_SECRET must have at least 32 characters.*$/],
    [{ SERVICE_KEY: "x".repeat(31) }, /^SERVICE_KEY must have at least 32 characters.*$/],
    [{ DATABASE_URL: "mysql://h/d" }, /^DATABASE_URL must be an address like postgresql:.*$/],
    [{ REDIS_URL: "localhost" }, /^REDIS_URL must be an address like redis:.*$/],
    [{ PUBLIC_URL: "example.com" }, /^PUBLIC_URL must be an address like https:.*$/],
    [{ AUTH_JWKS_URL: "file:///x" }, /^AUTH_JWKS_URL must be an address like https:.*$/],
    [{ ACCOUNTS: "yes" }, /^ACCOUNTS must be on or off, not "yes"$/],
    [{ AUTH_QUERY_TOKEN: "ON" }, /^AUTH_QUERY_TOKEN must be on or off, not "ON"$/],
    [{ DEMO: "false" }, /^DEMO must be on or off, not "false"$/],
    [{ TRUST_PROXY: "1" }, /^TRUST_PROXY must be on or off, not "1"$/],
    [{ LIMITS: "x" }, /^LIMITS must be a JSON object like \{.*\}$/],
    [{ LIMITS: '{"nope":1}' }, /^LIMITS: there is no limit "nope"; there are textCodePoints, .*$/],
  ])("%o is refused in one line", (env, line) => {
    expect(() => readConfig(env)).toThrow(line);
  });
});
