import type { Person } from "../protocol/person.ts";

export interface UserProfile {
  externalId: string;
  username: string | null;
  fullName: string | null;
  avatar: string | null;
}

export interface Account {
  person: Person;
  externalId: string;
  passwordHash: string;
}

/** Who there is. Methods throw ChatError `history-unavailable` when the store does not answer. */
export interface UserStore {
  /**
   * Finds or creates the user with this external id and brings the profile up to date with what is not null.
   * An external id that is a positive integer becomes the user's id if that id is free, so that the host
   * application's ids hold here too. MUST be safe under concurrent first sights. A missing username becomes
   * `user-<external id>`; usernames of token users need not be unique.
   */
  ensureUser(profile: UserProfile): Promise<Person>;
  findPerson(userId: number): Promise<Person | null>;
  /** The ids of those of them who exist. */
  findIds(query: { ids: number[]; externalIds: string[] }): Promise<number[]>;
  /** Creates a standalone account; null when the username is taken (case-insensitively). */
  createAccount(account: {
    externalId: string;
    username: string;
    fullName: string;
    passwordHash: string;
  }): Promise<Person | null>;
  findAccount(username: string): Promise<Account | null>;
  /** Account holders with the text in their username or name, whatever its case; usernames that begin with it first. */
  searchAccounts(query: { text: string; except: number; limit: number }): Promise<Person[]>;
  /** Only forward: an earlier time than the stored one changes nothing. */
  saveLastSeen(userId: number, at: string): Promise<void>;
}
