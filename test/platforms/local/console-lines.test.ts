import { describe, expect, test } from "vitest";
import { describeService, describeSilence } from "../../../src/platforms/local/check-services.ts";
import { describeDemoPeople } from "../../../src/platforms/machine/demo-people.ts";

test("the demo people come with a line to paste that names bob as the receiver", () => {
  const text = describeDemoPeople("http://localhost:8787", [
    { id: 4, username: "alice", token: "tokenA" },
    { id: 9, username: "bob", token: "tokenB" },
  ]);
  expect(text).toContain(
    `curl -s http://localhost:8787/api/v1/communication/chats/ -H 'Authorization: Token tokenA' ` +
      `-H 'Content-Type: application/json' -d '{"receiver_id":9,"message":"Hello Bob"}'`,
  );
  expect(text).toContain("sse/events/?token=tokenB'");
  expect(text).toContain("hold for 30 days");
});

describe("a service's line", () => {
  test("says how long a healthy one took", () => {
    const service = { name: "postgres", ok: true, ms: 3, detail: "18.6" };
    expect(describeService(service, true)).toBe("✓ postgres    3 ms");
  });

  test("says what to do about a broken one, here and deployed", () => {
    const service = { name: "redis", ok: false, ms: 3, detail: "refused" };
    expect(describeService(service, true)).toBe(
      "✗ redis       refused  → check REDIS_URL, or unset it for the embedded one",
    );
    expect(describeService(service, false)).toContain("UPSTASH_REDIS_REST_TOKEN");
  });
});

test("where nothing answers, only our own address is worth an npm start", () => {
  expect(describeSilence("http://localhost:8787", false)).toMatch(/ {2}→ run npm start$/);
  expect(describeSilence("https://parley.example.dev", true)).toMatch(/ {2}→ check --url$/);
});
