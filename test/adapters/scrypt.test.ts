import { scrypt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createScryptPasswordHasher } from "../../src/adapters/scrypt/password-hasher.ts";
import type { Scrypt } from "../../src/adapters/scrypt/password-hasher.ts";

const cheap = { ln: 4, r: 8, p: 1 };

function createHasher() {
  const calls: { N: number; r: number; p: number }[] = [];
  const counted: Scrypt = (...call) => {
    calls.push(call[3]);
    scrypt(...call);
  };
  return { calls, hasher: createScryptPasswordHasher({ scrypt: counted, cost: cheap }) };
}

describe("a password hash", () => {
  it("holds for its password only", async () => {
    const { hasher } = createHasher();
    const hash = await hasher.hash("correct horse");
    expect(await hasher.verify("correct horse", hash)).toBe(true);
    expect(await hasher.verify("correct horsf", hash)).toBe(false);
    expect(await hasher.verify("", hash)).toBe(false);
  });

  it("costs 32 MiB three times over, and says so", async () => {
    const hasher = createScryptPasswordHasher({ scrypt });
    const hash = await hasher.hash("correct horse");
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await hasher.verify("correct horse", hash)).toBe(true);
  });

  it("is checked at the cost it was made with", async () => {
    const { hasher, calls } = createHasher();
    const older = createScryptPasswordHasher({ scrypt, cost: { ln: 5, r: 4, p: 2 } });
    expect(await hasher.verify("secret", await older.hash("secret"))).toBe(true);
    expect(calls).toMatchObject([{ N: 32, r: 4, p: 2 }]);
  });

  it("differs each time", async () => {
    const { hasher } = createHasher();
    expect(await hasher.hash("same")).not.toBe(await hasher.hash("same"));
  });

  it("is the standard scrypt", async () => {
    const { hasher } = createHasher();
    const hash = await hasher.hash("NaCl");
    const [, , , salt = "", key] = hash.split("$");
    const derived = await new Promise<Buffer>((resolve, reject) => {
      const limits = { N: 16, r: 8, p: 1 };
      scrypt("NaCl", Buffer.from(salt, "base64"), 32, limits, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      );
    });
    expect(derived.toString("base64")).toBe(`${key}=`);
  });

  it("is the same for the two ways of typing an accent", async () => {
    const { hasher } = createHasher();
    const hash = await hasher.hash("caf\u00e9");
    expect(await hasher.verify("cafe\u0301", hash)).toBe(true);
  });

  it.each([
    "",
    "parley-demo",
    "$scrypt$",
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$" + "A".repeat(43),
    `$scrypt$ln=4,r=8,p=1$${"A".repeat(22)}$${"A".repeat(42)}`,
    `$scrypt$ln=0,r=8,p=1$${"A".repeat(22)}$${"A".repeat(43)}`,
    `$scrypt$ln=30,r=8,p=1$${"A".repeat(22)}$${"A".repeat(43)}`,
    `$scrypt$ln=15,r=99,p=99$${"A".repeat(22)}$${"A".repeat(43)}`,
    `$scrypt$ln=4,r=8,p=1$${"A".repeat(22)}$${"A".repeat(43)}\n`,
    "x".repeat(100_000),
  ])("that is malformed is refused for the full price: case %#", async (hash) => {
    const { hasher, calls } = createHasher();
    expect(await hasher.verify("parley-demo", hash)).toBe(false);
    expect(calls).toMatchObject([{ N: 16, r: 8, p: 1 }]);
  });
});
