import type { Claims } from "../ports/identity.ts";
import type { Ports } from "../ports/index.ts";
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
 * Verifies tokens and creates their users at first sight (AUTH-3). Known people are remembered, so that a request costs no
 * extra query and they stay signed in while the database is away; now and then they are looked up again beside it.
 */
export function createAuthenticate(
  ports: Pick<Ports, "tokens" | "users" | "clock" | "later">,
): Authenticate {
  const known = new Map<string, { person: Person; at: number }>();

  async function lookUp(key: string, claims: Claims): Promise<Person> {
    const person = await ports.users.ensureUser(claims);
    if (known.size >= rememberMost) known.clear();
    known.set(key, { person, at: ports.clock.now() });
    return person;
  }

  return async (token) => {
    const claims = await ports.tokens.verify(token);
    const key = profileKey(claims);
    const hit = known.get(key);
    const now = ports.clock.now();
    if (hit && now - hit.at >= rememberMs) {
      hit.at = now;
      ports.later(lookUp(key, claims).catch(() => undefined));
    }
    return { person: hit?.person ?? (await lookUp(key, claims)), expiresAt: claims.expiresAt };
  };
}

function profileKey({ externalId, username, fullName, avatar }: Claims): string {
  return JSON.stringify([externalId, username, fullName, avatar]);
}
