import { jwtVerify, SignJWT } from "jose";
import type { JWTPayload } from "jose";
import type { Clock } from "../../ports/clock.ts";
import type { Claims, Ticket, TokenIssuer } from "../../ports/identity.ts";
import { ChatError } from "../../protocol/error.ts";
import type { Person } from "../../protocol/person.ts";
import { createPurposeKey, createTokenKey } from "./keys.ts";
import { ownIssuer } from "./token-verifier.ts";

export interface TokenIssuerOptions {
  secret: string;
  clock: Pick<Clock, "now">;
  /** Of a login token; 30 days unless told. */
  lifetimeSeconds?: number | undefined;
}

const ticketSeconds = 30;
/** Room for a long name and a long picture address. */
const ticketLength = 6_144;
const ticketType = "ticket";

function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

function toTicket({ jti, sub, exp, session, person }: JWTPayload): Ticket {
  const id = Number(sub);
  if (!jti || !exp || typeof session !== "number" || !Number.isSafeInteger(id)) {
    throw new ChatError("unauthorized");
  }
  // What it says of the person was signed by us.
  const [username, fullName, avatar] = person as [string, string, string | null];
  const bearer = { id, username, fullName, avatar };
  return { id: jti, person: bearer, expiresAt: exp, sessionExpiresAt: session };
}

export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { secret, clock, lifetimeSeconds = 30 * 24 * 60 * 60 } = options;
  const tokenKey = createTokenKey(secret);
  const ticketKey = createPurposeKey(secret, "ticket");

  async function readTicket(ticket: string): Promise<Ticket> {
    if (ticket.length > ticketLength) throw new ChatError("unauthorized");
    const { payload } = await jwtVerify(ticket, await ticketKey(), {
      algorithms: ["HS256"],
      typ: ticketType,
      requiredClaims: ["exp", "jti"],
      currentDate: new Date(clock.now()),
    });
    return toTicket(payload);
  }

  return {
    async issueToken(claims: Omit<Claims, "expiresAt">): Promise<string> {
      const now = Math.floor(clock.now() / 1_000);
      const { externalId, username, fullName, avatar } = claims;
      const named = { user_id: externalId, username, name: fullName, avatar };
      const known = Object.entries(named).filter(([, value]) => value !== null);
      return new SignJWT(Object.fromEntries(known))
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuer(ownIssuer)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(await tokenKey());
    },

    async issueTicket(bearer: Person, sessionExpiresAt: number): Promise<string> {
      const { id, username, fullName, avatar } = bearer;
      const person = [username, fullName, avatar];
      return new SignJWT({ session: sessionExpiresAt, person })
        .setProtectedHeader({ alg: "HS256", typ: ticketType })
        .setJti(randomId())
        .setSubject(String(id))
        .setExpirationTime(Math.floor(clock.now() / 1_000) + ticketSeconds)
        .sign(await ticketKey());
    },

    verifyTicket: (ticket: string): Promise<Ticket> =>
      readTicket(ticket).catch(() => {
        throw new ChatError("unauthorized");
      }),
  };
}
