import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createLinkSigner, type HmacSha256 } from "../../src/adapters/hmac/link-signer.ts";

const hmac: HmacSha256 = (key, data) => createHmac("sha256", key).update(data).digest();
const secret = "a secret that only the tests know 0123456789";
const signer = createLinkSigner({ secret, hmac });

describe("a link signature", () => {
  it("holds for its resource and expiry", () => {
    const signature = signer.sign("attachments/abc", 1_900_000_000);
    expect(signature).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(signer.verify("attachments/abc", 1_900_000_000, signature)).toBe(true);
    const another = createLinkSigner({ secret, hmac });
    expect(another.verify("attachments/abc", 1_900_000_000, signature)).toBe(true);
  });

  it.each([
    ["another resource", "attachments/abd", 1_900_000_000],
    ["a later expiry", "attachments/abc", 1_900_000_001],
    ["digits moved between the two", "0:attachments/abc", 190_000_000],
    ["no resource", "", 1_900_000_000],
  ])("does not hold for %s", (_, resource, expiresAt) => {
    const signature = signer.sign("attachments/abc", 1_900_000_000);
    expect(signer.verify(resource, expiresAt, signature)).toBe(false);
  });

  it.each([
    "",
    "x",
    "é".repeat(43),
    "A".repeat(43),
    "A".repeat(44),
    "A".repeat(100_000),
    "=".repeat(43),
  ])("is not made up: case %#", (signature) => {
    expect(signer.verify("attachments/abc", 1_900_000_000, signature)).toBe(false);
  });

  it("does not hold under another secret", () => {
    const stranger = createLinkSigner({ secret: `${secret}!`, hmac });
    const signature = stranger.sign("attachments/abc", 1_900_000_000);
    expect(signer.verify("attachments/abc", 1_900_000_000, signature)).toBe(false);
  });
});
