import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { JWTPayload, JWTVerifyOptions } from "jose";
import type { Clock } from "../../ports/clock.ts";
import type { Claims, TokenVerifier } from "../../ports/identity.ts";
import { ChatError } from "../../protocol/error.ts";
import { createKeySet } from "./key-set.ts";
import { createTokenKey } from "./keys.ts";
import { readExternalId, readProfile } from "./profile.ts";

export interface TokenVerifierOptions {
  secret: string;
  clock: Pick<Clock, "now">;
  /** Where the host application's issuer publishes its keys; without it the issuer signs with the secret. */
  jwksUrl?: string | undefined;
  /** What the host application's tokens must say; our own login tokens need neither. */
  issuer?: string | undefined;
  audience?: string | undefined;
  /** The one claim that holds the user's id. */
  userClaim?: string | undefined;
}

/** The issuer of our own login tokens. */
export const ownIssuer = "parley";

const tokenLength = 8 * 1024;
const leewaySeconds = 30;
/** The end of what a Date can hold, in seconds. */
const endOfTime = 8_640_000_000_000;
const publicKeyAlgorithms = ["RS256", "ES256", "EdDSA"];
const tokenTypes = new Set(["jwt", "application/jwt", "at+jwt", "application/at+jwt"]);

interface Unverified {
  algorithm: string;
  isOwn: boolean;
}

/** What the token says about itself: enough to choose the one way to verify it. */
function inspect(token: string): Unverified | null {
  if (token.length > tokenLength || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null;
  const { alg, typ } = decodeProtectedHeader(token);
  if (typeof alg !== "string") return null;
  if (typ !== undefined && !tokenTypes.has(typ.toLowerCase())) return null;
  return { algorithm: alg, isOwn: decodeJwt(token).iss === ownIssuer };
}

function toClaims(payload: JWTPayload, userClaims: string[]): Claims | null {
  const { exp } = payload;
  const externalId = readExternalId(payload, userClaims);
  if (exp === undefined || !(exp > 0 && exp <= endOfTime) || externalId === null) return null;
  return { externalId, ...readProfile(payload), expiresAt: Math.floor(exp) };
}

type Verify = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

/** One algorithm per issuer: ours signs with the secret, and the host's does so unless it has a key set. */
function createVerifications(options: TokenVerifierOptions): Record<"shared" | "keySet", Verify> {
  const secretKey = createTokenKey(options.secret);
  const keySet = options.jwksUrl ? createKeySet(options.jwksUrl, options.clock) : null;
  return {
    shared: async (token, rules) =>
      (await jwtVerify(token, await secretKey(), { ...rules, algorithms: ["HS256"] })).payload,
    keySet: async (token, rules) => {
      if (!keySet) throw new ChatError("unauthorized");
      return (await jwtVerify(token, keySet, { ...rules, algorithms: publicKeyAlgorithms }))
        .payload;
    },
  };
}

function toChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  return new ChatError(error instanceof errors.JWTExpired ? "token-expired" : "unauthorized");
}

export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { clock, jwksUrl, issuer, audience, userClaim } = options;
  const verifications = createVerifications(options);
  const hostRules = { ...(issuer && { issuer }), ...(audience && { audience }) };
  const hostClaims = userClaim ? [userClaim] : ["user_id", "sub"];

  async function read(token: string): Promise<Claims | null> {
    const unverified = inspect(token);
    if (!unverified) return null;
    const { algorithm, isOwn } = unverified;
    const isShared = isOwn || !jwksUrl;
    if (isShared !== (algorithm === "HS256")) return null;
    const payload = await verifications[isShared ? "shared" : "keySet"](token, {
      ...(isOwn ? {} : hostRules),
      currentDate: new Date(clock.now()),
      clockTolerance: leewaySeconds,
    });
    const claims = toClaims(payload, isOwn ? ["user_id"] : hostClaims);
    // These ids are ours to give out: a host's user may be called anything.
    return claims?.externalId.startsWith("account:") && !isOwn ? null : claims;
  }

  const verifier: TokenVerifier = {
    async verify(token: string): Promise<Claims> {
      const claims = await read(token).catch((error: unknown) => {
        throw toChatError(error);
      });
      if (!claims) throw new ChatError("unauthorized");
      return claims;
    },
  };
  // A published key may be withdrawn at any time.
  return jwksUrl ? verifier : remember(clock, verifier);
}

const rememberMs = 5 * 60_000;
const rememberMost = 1_000;

/** Most tokens come with one request after another. */
function remember({ now }: Pick<Clock, "now">, { verify }: TokenVerifier): TokenVerifier {
  const known = new Map<string, { claims: Claims; at: number }>();

  return {
    async verify(token) {
      const hit = known.get(token);
      const isFresh = hit && now() - hit.at < rememberMs;
      if (isFresh && hit.claims.expiresAt * 1_000 > now()) return hit.claims;
      known.delete(token);
      const claims = await verify(token);
      if (known.size >= rememberMost) known.clear();
      known.set(token, { claims, at: now() });
      return claims;
    },
  };
}
