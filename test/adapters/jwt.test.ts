import { SignJWT, base64url } from "jose";
import type { JWTPayload } from "jose";
import { describe, expect, it } from "vitest";
import { createTokenIssuer } from "../../src/adapters/jwt/token-issuer.ts";
import { createTokenVerifier } from "../../src/adapters/jwt/token-verifier.ts";
import type { TokenVerifierOptions } from "../../src/adapters/jwt/token-verifier.ts";

const secret = "a secret that only the tests know 0123456789";
const key = new TextEncoder().encode(secret);
const now = 1_800_000_000;
const clock = { now: () => now * 1_000 };
const hour = now + 3_600;
const verifier = createTokenVerifier({ secret, clock });

const encode = (value: unknown) =>
  base64url.encode(typeof value === "string" ? value : JSON.stringify(value));

function sign(payload: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: "HS256", ...header }).sign(key);
}

/** Signs whatever it is given, also what no library would. */
async function signRaw(payload: string, header: unknown = { alg: "HS256" }): Promise<string> {
  const text = `${encode(header)}.${encode(payload)}`;
  const how = { name: "HMAC", hash: "SHA-256" };
  const hmac = await crypto.subtle.importKey("raw", key, how, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", hmac, new TextEncoder().encode(text));
  return `${text}.${base64url.encode(new Uint8Array(signature))}`;
}

const codeOf = (token: string, options: Partial<TokenVerifierOptions> = {}) =>
  createTokenVerifier({ secret, clock, ...options })
    .verify(token)
    .then(
      () => "accepted",
      (error: { code?: string }) => error.code,
    );

describe("a token's bearer [AUTH-1]", () => {
  it.each<[string, JWTPayload, string]>([
    ["user_id as a number", { user_id: 42 }, "42"],
    ["user_id as text", { user_id: "user|é" }, "user|é"],
    ["sub", { sub: "abc" }, "abc"],
    ["user_id before sub", { user_id: 42, sub: "abc" }, "42"],
    ["200 characters", { sub: "x".repeat(200) }, "x".repeat(200)],
    ["an id like a property of every object", { user_id: "__proto__" }, "__proto__"],
  ])("is named by %s", async (_, payload, externalId) => {
    const token = await sign({ ...payload, exp: hour });
    expect(await verifier.verify(token)).toEqual({
      externalId,
      username: null,
      fullName: null,
      avatar: null,
      expiresAt: hour,
    });
  });

  it("is named by the configured claim and by no other", async () => {
    const options = { userClaim: "https://example.com/id" };
    const token = await sign({ "https://example.com/id": 7, user_id: 8, exp: hour });
    const claims = await createTokenVerifier({ secret, clock, ...options }).verify(token);
    expect(claims.externalId).toBe("7");
    expect(await codeOf(await sign({ user_id: 8, sub: "8", exp: hour }), options)).toBe(
      "unauthorized",
    );
    const inherited = { userClaim: "constructor" };
    expect(await codeOf(await sign({ sub: "8", exp: hour }), inherited)).toBe("unauthorized");
  });

  it.each([
    ["nobody", "{}"],
    ["zero", `{"user_id":0}`],
    ["a negative number", `{"user_id":-1}`],
    ["a fraction", `{"user_id":1.5}`],
    ["an unsafe integer", `{"user_id":9007199254740992}`],
    ["empty text", `{"user_id":""}`],
    ["201 characters", `{"user_id":"${"x".repeat(201)}"}`],
    ["null", `{"user_id":null,"sub":"1"}`],
    ["an object", `{"user_id":{"$ne":1}}`],
    ["an array", `{"user_id":[1]}`],
    ["true", `{"user_id":true}`],
    ["text with NUL", `{"user_id":"a\\u0000b"}`],
    ["half a character", `{"user_id":"a\\ud800"}`],
  ])("is refused when it names %s", async (_, payload) => {
    const token = await signRaw(payload.replace("{", `{"exp":${hour},`).replace(",}", "}"));
    expect(await codeOf(token)).toBe("unauthorized");
  });

  it("brings a profile along", async () => {
    const profile = { username: "ann", name: "Ann Lee", avatar: "https://example.com/a.png" };
    const token = await sign({ sub: "1", exp: hour, ...profile });
    expect(await verifier.verify(token)).toMatchObject({
      username: "ann",
      fullName: "Ann Lee",
      avatar: "https://example.com/a.png",
    });
    const other = { preferred_username: "bo", full_name: "Bo", picture: "http://x.test/b" };
    expect(await verifier.verify(await sign({ sub: "1", exp: hour, ...other }))).toMatchObject({
      username: "bo",
      fullName: "Bo",
      avatar: "http://x.test/b",
    });
  });

  it.each<[string, JWTPayload, object]>([
    ["controls and bidi marks", { name: "\u202eA\u0000n\u0085n\u2066\n" }, { fullName: "Ann" }],
    ["a decomposed accent", { name: "Zoe\u0308" }, { fullName: "Zo\u00eb" }],
    ["a long name", { name: "😀".repeat(300) }, { fullName: "😀".repeat(200) }],
    ["a long username", { username: "x".repeat(151) }, { username: "x".repeat(150) }],
    ["a name of nothing visible", { name: " \u200f\u0007 " }, { fullName: null }],
    ["a name that is no text", { name: { first: "Ann" }, username: 5 }, { fullName: null }],
    ["a script as avatar", { avatar: "javascript:alert(1)" }, { avatar: null }],
    ["data as avatar", { avatar: "data:image/svg+xml,<svg/>" }, { avatar: null }],
    ["an address of no site", { avatar: "/a.png" }, { avatar: null }],
    ["a long avatar", { avatar: `https://x.test/${"a".repeat(2_048)}` }, { avatar: null }],
    ["a growing avatar", { avatar: `https://x.test/${"é".repeat(1_000)}` }, { avatar: null }],
  ])("has %s cleaned", async (_, payload, cleaned) => {
    const token = await sign({ ...payload, sub: "1", exp: hour });
    expect(await verifier.verify(token)).toMatchObject(cleaned);
  });
});

describe("a token's time [AUTH-1]", () => {
  const at = (claims: JWTPayload) => sign({ sub: "1", ...claims });

  it("has 30 seconds of leeway on both sides", async () => {
    expect(await codeOf(await at({ exp: now - 29 }))).toBe("accepted");
    expect(await codeOf(await at({ exp: now - 30 }))).toBe("token-expired");
    expect(await codeOf(await at({ exp: hour, nbf: now + 30 }))).toBe("accepted");
    expect(await codeOf(await at({ exp: hour, nbf: now + 31 }))).toBe("unauthorized");
  });

  it("ends for one that was verified before, too", async () => {
    let seconds = now;
    const watched = createTokenVerifier({ secret, clock: { now: () => seconds * 1_000 } });
    const token = await at({ exp: now + 60 });
    const first = await watched.verify(token);
    expect(await watched.verify(token)).toEqual(first);
    seconds = now + 90;
    await expect(watched.verify(token)).rejects.toMatchObject({ code: "token-expired" });
  });

  it("may be a fraction of a second", async () => {
    const { expiresAt } = await verifier.verify(await at({ exp: hour + 0.75 }));
    expect(expiresAt).toBe(hour);
  });

  it.each([
    ["missing", ""],
    ["text", `"exp":"${hour}",`],
    ["null", `"exp":null,`],
    ["not a number", `"exp":NaN,`],
    ["infinite", `"exp":1e400,`],
    ["beyond the end of time", `"exp":1e308,`],
    ["an array", `"exp":[${hour}],`],
  ])("is refused when exp is %s", async (_, exp) => {
    expect(await codeOf(await signRaw(`{${exp}"sub":"1"}`))).toBe("unauthorized");
  });

  it("has passed when exp is zero or negative", async () => {
    for (const exp of [0, -1, -1e308]) {
      expect(await codeOf(await signRaw(`{"exp":${exp},"sub":"1"}`))).toBe("token-expired");
    }
  });

  it.each(["1e308", "1e400", `"0"`, "{}"])("is refused when nbf is %s", async (nbf) => {
    const token = await signRaw(`{"exp":${hour},"nbf":${nbf},"sub":"1"}`);
    expect(await codeOf(token)).toBe("unauthorized");
  });
});

describe("a token's issuer and audience [AUTH-1]", () => {
  const options = { issuer: "https://host.test", audience: "chat" };

  it.each<[string, JWTPayload, string]>([
    ["both right", { iss: "https://host.test", aud: "chat" }, "accepted"],
    ["one audience of several right", { iss: "https://host.test", aud: ["a", "chat"] }, "accepted"],
    ["no issuer", { aud: "chat" }, "unauthorized"],
    ["another issuer", { iss: "https://host.test.evil", aud: "chat" }, "unauthorized"],
    ["no audience", { iss: "https://host.test" }, "unauthorized"],
    ["another audience", { iss: "https://host.test", aud: "chats" }, "unauthorized"],
  ])("decide when configured: %s", async (_, payload, outcome) => {
    const token = await sign({ sub: "1", exp: hour, ...payload });
    expect(await codeOf(token, options)).toBe(outcome);
  });

  it("do not concern our own login tokens", async () => {
    const issuer = createTokenIssuer({ secret, clock });
    const account = { externalId: "account:ann", username: "ann", fullName: "Ann", avatar: null };
    const token = await issuer.issueToken(account);
    const claims = { ...account, expiresAt: now + 30 * 24 * 3_600 };
    const strict = { secret, clock, ...options, userClaim: "uid", jwksUrl: "http://127.0.0.1:9/" };
    expect(await createTokenVerifier(strict).verify(token)).toEqual(claims);
    expect(await verifier.verify(token)).toEqual(claims);
  });
});

describe("a token of an account [AUTH-1]", () => {
  const named = { exp: hour, user_id: "account:ann" };

  it.each<[string, JWTPayload, Partial<TokenVerifierOptions>]>([
    ["no issuer", named, {}],
    ["the host as issuer", { ...named, iss: "https://host.test" }, { issuer: "https://host.test" }],
    ["the id in sub", { exp: hour, sub: "account:ann" }, {}],
    ["the id in the host's claim", { exp: hour, uid: "account:ann" }, { userClaim: "uid" }],
  ])("is not the host's to sign: %s", async (_, payload, options) => {
    expect(await codeOf(await sign(payload), options)).toBe("unauthorized");
  });

  it("is ours to sign, and other ids are the host's", async () => {
    expect(await codeOf(await sign({ ...named, iss: "parley" }))).toBe("accepted");
    expect(await codeOf(await sign({ ...named, user_id: "accounts:ann" }))).toBe("accepted");
  });
});

describe("a forged or malformed token [AUTH-1]", () => {
  const claims = { sub: "1", exp: hour };

  it.each<[string, () => Promise<string> | string]>([
    ["no algorithm and no signature", () => `${encode({ alg: "none" })}.${encode(claims)}.`],
    ["no algorithm and a signature", () => signRaw(JSON.stringify(claims), { alg: "none" })],
    ["an oddly written none", () => `${encode({ alg: "nOnE" })}.${encode(claims)}.AAAA`],
    ["a missing algorithm", () => signRaw(JSON.stringify(claims), { typ: "JWT" })],
    ["an algorithm that is no text", () => signRaw(JSON.stringify(claims), { alg: ["HS256"] })],
    ["a lower-case algorithm", () => signRaw(JSON.stringify(claims), { alg: "hs256" })],
    ["another algorithm in its header", () => signRaw(JSON.stringify(claims), { alg: "HS512" })],
    ["the type of a ticket", () => sign(claims, { typ: "ticket" })],
    ["another type", () => sign(claims, { typ: "logout+jwt" })],
    ["a type that is no text", () => sign(claims, { typ: 5 })],
    [
      "an unknown critical header",
      () => signRaw(JSON.stringify(claims), { alg: "HS256", crit: ["x"], x: 1 }),
    ],
    [
      "an unencoded payload",
      () => signRaw(JSON.stringify(claims), { alg: "HS256", b64: false, crit: ["b64"] }),
    ],
    ["claims that are an array", () => signRaw("[]")],
    ["claims that are no JSON", () => signRaw("hello")],
    ["a header that is no JSON", () => `${encode("{")}.${encode(claims)}.AAAA`],
    ["a header that is null", () => `${encode("null")}.${encode(claims)}.AAAA`],
    ["nothing in it", () => ""],
    ["one part", () => "abc"],
    ["two parts", () => `${encode({ alg: "HS256" })}.${encode(claims)}`],
    ["five parts", async () => `${await sign(claims)}.AAAA.AAAA`],
    ["a thousand parts", () => "a.".repeat(1_000)],
    ["JSON serialization", () => JSON.stringify({ payload: encode(claims), signatures: [{}, {}] })],
    ["white space inside", async () => (await sign(claims)).replace(".", ". ")],
    ["padding", async () => `${await sign(claims)}=`],
  ])("is refused for %s", async (_, make) => {
    expect(await codeOf(await make())).toBe("unauthorized");
  });

  it("is refused with two signatures", async () => {
    const [header, payload, signature] = (await sign(claims)).split(".");
    expect(await codeOf(`${header}.${payload}.${signature}.${signature}`)).toBe("unauthorized");
    expect(await codeOf(`${header}.${payload}.${signature}${signature}`)).toBe("unauthorized");
  });

  it("is refused when one character was changed", async () => {
    const token = await sign(claims);
    const other = await sign({ ...claims, sub: "2" });
    const mixed = [...token.split(".").slice(0, 2), other.split(".")[2]].join(".");
    expect(await codeOf(mixed)).toBe("unauthorized");
  });

  it("is refused when it is longer than 8 KB, before anything is read of it", async () => {
    const base = (await sign({ ...claims, pad: "" })).length;
    const pad = (length: number) => "x".repeat(Math.floor(((length - base) * 3) / 4) - 2);
    expect(await codeOf(await sign({ ...claims, pad: pad(8_192) }))).toBe("accepted");
    expect(await codeOf(await sign({ ...claims, pad: pad(8_200) }))).toBe("unauthorized");
    expect(await codeOf(await sign({ ...claims, pad: pad(100_000) }))).toBe("unauthorized");
    expect(await codeOf("a".repeat(100_000_000))).toBe("unauthorized");
  });

  it("is refused whatever key id it names", async () => {
    for (const kid of ["../../dev/null", "1' or '1'='1", "", "\u0000"]) {
      const [, payload, signature] = (await sign(claims, { kid })).split(".");
      const none = encode({ alg: "HS256", kid: "other" });
      expect(await codeOf(`${none}.${payload}.${signature}`)).toBe("unauthorized");
    }
  });

  it("is refused without a word about why", async () => {
    const failure: unknown = await verifier.verify("a.b.c").catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: "A valid token is needed", cause: undefined });
  });

  it("is not verified under a short secret", () => {
    expect(() => createTokenVerifier({ secret: "x".repeat(31), clock })).toThrow("at least 32");
  });
});
