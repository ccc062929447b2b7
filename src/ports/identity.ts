import type { Person } from "../protocol/person.ts";

/** What a valid token says about its bearer. */
export interface Claims {
  /** The id that the token's issuer uses; `account:<username>` for standalone accounts. */
  externalId: string;
  username: string | null;
  fullName: string | null;
  avatar: string | null;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** A proof of identity for one stream connection. */
export interface Ticket {
  /** Names this ticket, so that a hub can see it used once. */
  id: string;
  person: Person;
  /** Seconds since 1970; of the ticket, 30 seconds after its issue. */
  expiresAt: number;
  /** Seconds since 1970; of the token it was traded for. */
  sessionExpiresAt: number;
}

export interface TokenVerifier {
  /** MUST throw ChatError `unauthorized` or `token-expired` for anything but a valid token, within one fixed algorithm per issuer. */
  verify(token: string): Promise<Claims>;
}

export interface TokenIssuer {
  /** A login token for a standalone account. */
  issueToken(claims: Omit<Claims, "expiresAt">): Promise<string>;
  /** The ticket names the person, so that a stream opens without asking any store. */
  issueTicket(person: Person, sessionExpiresAt: number): Promise<string>;
  /** MUST throw `unauthorized` for anything but an unexpired ticket; whether it was used before is the hub's to say. */
  verifyTicket(ticket: string): Promise<Ticket>;
}

/** Links to attachments that work without a header until they expire. */
export interface LinkSigner {
  sign(resource: string, expiresAt: number): string;
  verify(resource: string, expiresAt: number, signature: string): boolean;
}

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** MUST take as long for a malformed hash as for a wrong password. */
  verify(password: string, hash: string): Promise<boolean>;
}
