import { SignJWT, base64url, decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { createTokenIssuer } from "../../src/adapters/jwt/token-issuer.ts";
import { createTokenVerifier } from "../../src/adapters/jwt/token-verifier.ts";

const secret = "a secret that only the tests know 0123456789";
const start = 1_800_000_000;
const seven = { id: 7, username: "seven", fullName: "Seven", avatar: null };

function createParts() {
  const clock = { time: start * 1_000, now: () => clock.time };
  const issuer = createTokenIssuer({ secret, clock });
  const verifier = createTokenVerifier({ secret, clock });
  return { clock, issuer, verifier };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "accepted",
    (error: { code?: string }) => error.code,
  );

describe("a login token [AUTH-1]", () => {
  const ann = { externalId: "account:ann", username: "ann", fullName: null, avatar: null };

  it("names its bearer and our issuer, for 30 days", async () => {
    const { issuer } = createParts();
    const token = await issuer.issueToken(ann);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", typ: "JWT" });
    expect(decodeJwt(token)).toEqual({
      iss: "parley",
      user_id: "account:ann",
      username: "ann",
      iat: start,
      exp: start + 2_592_000,
    });
  });

  it("lives as long as configured", async () => {
    const { clock, verifier } = createParts();
    const token = await createTokenIssuer({ secret, clock, lifetimeSeconds: 60 }).issueToken(ann);
    clock.time += 89_000;
    expect(await codeOf(verifier.verify(token))).toBe("accepted");
    clock.time += 1_000;
    expect(await codeOf(verifier.verify(token))).toBe("token-expired");
  });

  it("is no ticket", async () => {
    const { issuer } = createParts();
    expect(await codeOf(issuer.verifyTicket(await issuer.issueToken(ann)))).toBe("unauthorized");
  });
});

describe("a ticket [AUTH-2]", () => {
  it("carries its user and the end of the session", async () => {
    const { issuer } = createParts();
    const ticket = await issuer.verifyTicket(await issuer.issueTicket(seven, start + 500));
    expect(ticket).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      person: seven,
      expiresAt: start + 30,
      sessionExpiresAt: start + 500,
    });
  });

  it("has an id of its own each time", async () => {
    const { issuer } = createParts();
    const tickets = await Promise.all(
      Array.from({ length: 50 }, async () =>
        issuer.verifyTicket(await issuer.issueTicket(seven, 0)),
      ),
    );
    expect(new Set(tickets.map(({ id }) => id)).size).toBe(50);
  });

  it("is good for 30 seconds, without leeway", async () => {
    const { clock, issuer } = createParts();
    const ticket = await issuer.issueTicket(seven, start + 500);
    clock.time += 29_999;
    expect(await codeOf(issuer.verifyTicket(ticket))).toBe("accepted");
    clock.time += 1;
    expect(await codeOf(issuer.verifyTicket(ticket))).toBe("unauthorized");
  });

  it("is no token", async () => {
    const { issuer, verifier } = createParts();
    const ticket = await issuer.issueTicket(seven, start + 500);
    expect(await codeOf(verifier.verify(ticket))).toBe("unauthorized");
    const [, payload, signature] = ticket.split(".");
    const header = base64url.encode(JSON.stringify({ alg: "HS256" }));
    expect(await codeOf(verifier.verify(`${header}.${payload}.${signature}`))).toBe("unauthorized");
  });

  it("is not signed with the secret itself, which a host application knows", async () => {
    const { issuer } = createParts();
    const forged = await new SignJWT({ session: start + 500 })
      .setProtectedHeader({ alg: "HS256", typ: "ticket" })
      .setJti("0".repeat(32))
      .setSubject("7")
      .setExpirationTime(start + 30)
      .sign(new TextEncoder().encode(secret));
    expect(await codeOf(issuer.verifyTicket(forged))).toBe("unauthorized");
  });

  it.each(["", "a.b.c", "x".repeat(100_000), "a.".repeat(500)])(
    "is refused when it is none: case %#",
    async (ticket) => {
      const { issuer } = createParts();
      expect(await codeOf(issuer.verifyTicket(ticket))).toBe("unauthorized");
    },
  );

  it("is not taken by a server with another secret", async () => {
    const { clock, issuer } = createParts();
    const stranger = createTokenIssuer({ secret: `${secret}!`, clock });
    expect(await codeOf(stranger.verifyTicket(await issuer.issueTicket(seven, 0)))).toBe(
      "unauthorized",
    );
  });
});
