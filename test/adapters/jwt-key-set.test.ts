import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from "jose";
import type { CryptoKey, JWK } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTokenVerifier } from "../../src/adapters/jwt/token-verifier.ts";
import type { TokenVerifierOptions } from "../../src/adapters/jwt/token-verifier.ts";

const secret = "a secret that only the tests know 0123456789";
const start = 1_800_000_000;
const minute = 60_000;
const dayMs = 24 * 60 * minute;

interface TestKey {
  jwk: JWK;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

async function createKey(alg: string, kid: string): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { jwk: { ...(await exportJWK(publicKey)), alg, kid }, privateKey, publicKey };
}

const algorithms = ["RS256", "ES256", "EdDSA", "PS256", "ES384"];
const keys = new Map<string, TestKey>();
const keyOf = (alg: string): TestKey => keys.get(alg)!;

beforeAll(async () => {
  for (const alg of algorithms) keys.set(alg, await createKey(alg, `key-${alg}`));
});

/** A real issuer on this machine, whose answer the tests choose. */
let server: Server;
let url: string;
let requests: number;
let answer: { status: number; body: string } | "silence" | "break";
const publish = (published: JWK[]) => {
  answer = { status: 200, body: JSON.stringify({ keys: published }) };
};

beforeEach(async () => {
  requests = 0;
  publish([...keys.values()].map(({ jwk }) => jwk));
  server = createServer((request, response) => {
    requests += 1;
    if (answer === "break") request.socket.destroy();
    else if (answer !== "silence") response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function createParts(options: Partial<TokenVerifierOptions> = {}) {
  const clock = { time: start * 1_000, now: () => clock.time };
  const verifier = createTokenVerifier({ secret, clock, jwksUrl: url, ...options });
  const codeOf = (token: string) =>
    verifier.verify(token).then(
      () => "accepted",
      (error: { code?: string }) => error.code,
    );
  return { clock, codeOf };
}

function sign(alg: string, key: CryptoKey | Uint8Array, header: object = {}): Promise<string> {
  return new SignJWT({ sub: "1", exp: start + 10 * 24 * 3_600 })
    .setProtectedHeader({ alg, kid: `key-${alg}`, ...header })
    .sign(key);
}

const signWell = (alg = "ES256", header: object = {}) => sign(alg, keyOf(alg).privateKey, header);

describe("a token of an issuer with a key set [AUTH-1]", () => {
  it.each(["RS256", "ES256", "EdDSA"])("is accepted with %s", async (alg) => {
    expect(await createParts().codeOf(await signWell(alg))).toBe("accepted");
  });

  it.each(["PS256", "ES384"])("is refused with %s", async (alg) => {
    expect(await createParts().codeOf(await signWell(alg))).toBe("unauthorized");
    expect(requests).toBe(0);
  });

  it("is refused when the secret signs it", async () => {
    const token = await sign("HS256", new TextEncoder().encode(secret));
    expect(await createParts().codeOf(token)).toBe("unauthorized");
  });

  it("is refused when the public key serves as the secret", async () => {
    const pem = await exportSPKI(keyOf("RS256").publicKey);
    const text = JSON.stringify(keyOf("RS256").jwk);
    for (const confused of [pem, pem.trim(), text]) {
      const token = await sign("HS256", new TextEncoder().encode(confused), { kid: "key-RS256" });
      expect(await createParts().codeOf(token)).toBe("unauthorized");
      expect(await createParts({ jwksUrl: undefined }).codeOf(token)).toBe("unauthorized");
    }
  });

  it("is refused without a key set to check it by", async () => {
    expect(await createParts({ jwksUrl: undefined }).codeOf(await signWell())).toBe("unauthorized");
  });

  it("is refused when it brings its own key", async () => {
    const stranger = await createKey("ES256", "key-ES256");
    const headers = [
      { jwk: stranger.jwk },
      { jku: `${url}/evil`, kid: "evil" },
      { x5u: `${url}/evil` },
      { x5c: ["AAAA"] },
      { kid: "../../key-ES256" },
      { kid: "key-RS256" },
      { kid: undefined },
    ];
    for (const header of headers) {
      const token = await sign("ES256", stranger.privateKey, header);
      expect(await createParts().codeOf(token)).toBe("unauthorized");
    }
    expect(requests).toBe(headers.length);
  });

  it("is refused when it claims to be one of ours", async () => {
    const payload = { exp: start + 3_600, user_id: "account:alice" };
    const asOurs = (more: object) =>
      new SignJWT({ ...payload, ...more })
        .setProtectedHeader({ alg: "ES256", kid: "key-ES256" })
        .sign(keyOf("ES256").privateKey);
    expect(await createParts().codeOf(await asOurs({}))).toBe("unauthorized");
    expect(await createParts().codeOf(await asOurs({ iss: "parley" }))).toBe("unauthorized");
  });
});

describe("the key set of an issuer [AUTH-1]", () => {
  it("is fetched once for many tokens", async () => {
    const { codeOf } = createParts();
    const token = await signWell();
    await Promise.all(Array.from({ length: 20 }, () => codeOf(token)));
    expect(await codeOf(token)).toBe("accepted");
    expect(requests).toBe(1);
  });

  it("is fetched again for an unknown key, at most once in 30 seconds", async () => {
    const { clock, codeOf } = createParts();
    publish([keyOf("RS256").jwk]);
    expect(await codeOf(await signWell("RS256"))).toBe("accepted");
    publish([keyOf("RS256").jwk, keyOf("ES256").jwk]);
    expect(await codeOf(await signWell("ES256"))).toBe("unauthorized");
    expect(requests).toBe(1);
    clock.time += 30_000;
    expect(await codeOf(await signWell("ES256"))).toBe("accepted");
    expect(await codeOf(await signWell("EdDSA"))).toBe("unauthorized");
    expect(requests).toBe(2);
  });

  it("forgets a withdrawn key after ten minutes", async () => {
    const { clock, codeOf } = createParts();
    const token = await signWell();
    expect(await codeOf(token)).toBe("accepted");
    publish([keyOf("RS256").jwk]);
    clock.time += 10 * minute;
    expect(await codeOf(token)).toBe("unauthorized");
  });

  it.each<[string, typeof answer]>([
    ["breaks the connection", "break"],
    ["answers 500", { status: 500, body: "{}" }],
    ["redirects", { status: 302, body: "" }],
    ["answers no JSON", { status: 200, body: "<html>" }],
    ["answers something else", { status: 200, body: `{"keys":"none"}` }],
  ])("serves for a day when the issuer %s", async (_, trouble) => {
    const { clock, codeOf } = createParts();
    const token = await signWell();
    expect(await codeOf(token)).toBe("accepted");
    answer = trouble;
    clock.time += dayMs - 1;
    expect(await codeOf(token)).toBe("accepted");
    expect(await codeOf(await signWell("ES256", { kid: "new" }))).toBe("history-unavailable");
    clock.time += 1;
    expect(await codeOf(token)).toBe("history-unavailable");
  });

  it("is not asked for again within five seconds of a failure", async () => {
    const { clock, codeOf } = createParts();
    const token = await signWell();
    const published = answer;
    answer = "break";
    expect(await codeOf(token)).toBe("history-unavailable");
    answer = published;
    clock.time += 4_999;
    expect(await codeOf(token)).toBe("history-unavailable");
    expect(requests).toBe(1);
    clock.time += 1;
    expect(await codeOf(token)).toBe("accepted");
  });

  it("is asked once and given up where it never answers", async () => {
    answer = "silence";
    expect(await createParts().codeOf(await signWell())).toBe("history-unavailable");
    expect(requests).toBe(1);
  });
});
