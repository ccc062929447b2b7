import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatPath, openHttpRig } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

describe("every response", () => {
  it.each<[number, string, string]>([
    [200, "GET", `${chatPath}/chats/conversations/`],
    [200, "GET", "/health"],
    [200, "GET", "/api/docs/"],
    [200, "GET", "/api/docs/init.js"],
    [200, "GET", "/api/openapi.json"],
    [400, "GET", `${chatPath}/chats/conversation/x/`],
    [401, "GET", "/health/services"],
    [404, "GET", "/nothing"],
    [404, "GET", `${chatPath}/attachments/${"0".repeat(32)}/a.png?expires=1&signature=x`],
    [405, "DELETE", `${chatPath}/chats/`],
    [415, "POST", `${chatPath}/chats/`],
  ])(
    "carries the headers that keep it private: %i %s %s [HEADER-1]",
    async (status, method, path) => {
      const response = await rig.call(path, { method, as: rig.alice });
      expect(response.status).toBe(status);
      const { headers } = response;
      expect(headers.get("Cache-Control")).toBe("no-store, private");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(headers.get("X-Frame-Options")).toBe("DENY");
      expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
      expect(headers.get("Vary")).toBe("Origin");
      expect(headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
      const policy = headers.get("Content-Security-Policy");
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("Strict-Transport-Security")).toBeNull();
    },
  );

  it("asks for https where it came by https [HEADER-1]", async () => {
    const response = await rig.call("https://chat.example.com/health");
    expect(response.headers.get("Strict-Transport-Security")).toContain("max-age=31536000");
  });
});

describe("a page of another origin", () => {
  const path = `${chatPath}/chats/unread-count/`;
  const preflight = (origin: string) =>
    rig.call(path, {
      method: "OPTIONS",
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key",
      },
    });

  it.each([
    "https://chat.example.com",
    "http://localhost:5173",
    "http://localhost",
    "http://[::1]:5173",
    "http://[::1]",
    "https://eu.example.org",
  ])("may call when it is on the list: %s [CORS-1] [CORS-2]", async (origin) => {
    const asked = await preflight(origin);
    expect(asked.status).toBe(204);
    expect(asked.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(asked.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    expect(asked.headers.get("Access-Control-Allow-Headers")).toContain("Idempotency-Key");
    expect(asked.headers.get("Vary")).toBe("Origin");
    const answered = await rig.call(path, { as: rig.alice, headers: { Origin: origin } });
    expect(answered.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(answered.headers.get("Access-Control-Expose-Headers")).toContain("Idempotency-Replayed");
    expect(answered.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  });

  it.each([
    "https://evil.example",
    "null",
    "https://chat.example.com.evil.example",
    "https://chat.example.com:8443",
    "http://chat.example.com",
    "https://example.org",
    "https://a.b.example.org",
    "http://localhost:5173.evil.example",
    "http://localhost:evil",
    "http://localhost:",
    "http://localhost:123456",
    "http://[::2]:5173",
    "https://evil.example, https://chat.example.com",
    "https://chatXexample.com",
    "*",
  ])("is told nothing when it is not: %s [CORS-1] [CORS-2]", async (origin) => {
    const asked = await preflight(origin);
    expect(asked.status).toBe(403);
    expect(asked.headers.get("Access-Control-Allow-Origin")).toBeNull();
    const answered = await rig.call(path, { as: rig.alice, headers: { Origin: origin } });
    expect(answered.headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(answered.headers.get("Vary")).toBe("Origin");
  });

  it("reads errors as well as answers [CORS-1]", async () => {
    const headers = { Origin: "https://chat.example.com" };
    const response = await rig.call(path, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(headers.Origin);
  });
});
