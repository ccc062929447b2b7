import { describe, expect, it } from "vitest";
import { createLinkSigner } from "../../src/adapters/jwt/link-signer.ts";

const secret = "a secret that only the tests know 0123456789";
const signer = createLinkSigner({ secret });

describe("a link signature", () => {
  it("holds for its resource and expiry", async () => {
    const signature = await signer.sign("attachments/abc", 1_900_000_000);
    expect(signature).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await signer.verify("attachments/abc", 1_900_000_000, signature)).toBe(true);
    const another = createLinkSigner({ secret });
    expect(await another.verify("attachments/abc", 1_900_000_000, signature)).toBe(true);
  });

  it.each([
    ["another resource", "attachments/abd", 1_900_000_000],
    ["a later expiry", "attachments/abc", 1_900_000_001],
    ["digits moved between the two", "0:attachments/abc", 190_000_000],
    ["no resource", "", 1_900_000_000],
  ])("does not hold for %s", async (_, resource, expiresAt) => {
    const signature = await signer.sign("attachments/abc", 1_900_000_000);
    expect(await signer.verify(resource, expiresAt, signature)).toBe(false);
  });

  it.each([
    "",
    "x",
    "é".repeat(43),
    "A".repeat(43),
    "A".repeat(44),
    "A".repeat(100_000),
    "=".repeat(43),
  ])("is not made up: case %#", async (signature) => {
    expect(await signer.verify("attachments/abc", 1_900_000_000, signature)).toBe(false);
  });

  it("does not hold under another secret", async () => {
    const stranger = createLinkSigner({ secret: `${secret}!` });
    const signature = await stranger.sign("attachments/abc", 1_900_000_000);
    expect(await signer.verify("attachments/abc", 1_900_000_000, signature)).toBe(false);
  });

  it("needs a secret of at least 32 characters", () => {
    expect(() => createLinkSigner({ secret: "x".repeat(31) })).toThrow("at least 32 characters");
  });
});
