import type { Claims } from "../ports/identity.ts";
import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";

/** Who is asking, proven by a token. */
export interface Session {
  person: Person;
  /** Seconds since 1970. */
  expiresAt: number;
}

export type Authenticate = (token: string) => Promise<Session>;

const rememberMs = 5 * 60_000;
const rememberMost = 10_000;

/**
 * Verifies tokens and creates their users at first sight (AUTH-3). Users are remembered for a few minutes, so that a
 * request costs no extra query and known people stay signed in while the database is away.
 */
export function createAuthenticate(ports: Pick<Ports, "tokens" | "users" | "clock">): Authenticate {
  const known = new Map<string, { person: Person; at: number }>();

  return async (token) => {
    const claims = await ports.tokens.verify(token);
    const key = profileKey(claims);
    const now = ports.clock.now();
    const hit = known.get(key);
    if (hit && now - hit.at < rememberMs)
      return { person: hit.person, expiresAt: claims.expiresAt };
    try {
      const person = await ports.users.ensureUser(claims);
      if (known.size >= rememberMost) known.clear();
      known.set(key, { person, at: now });
      return { person, expiresAt: claims.expiresAt };
    } catch (error) {
      const isAway = error instanceof ChatError && error.code === "history-unavailable";
      if (hit && isAway) return { person: hit.person, expiresAt: claims.expiresAt };
      throw error;
    }
  };
}

function profileKey({ externalId, username, fullName, avatar }: Claims): string {
  return JSON.stringify([externalId, username, fullName, avatar]);
}
