import type { Ports } from "../ports/index.ts";
import type { UserProfile } from "../ports/user-store.ts";
import type { Person } from "../protocol/person.ts";

export interface UpsertedUser {
  externalId: string;
  person: Person;
}

/** Creates users before their first token, or brings what is known of them up to date. */
export async function upsertUsers(
  { users }: Pick<Ports, "users">,
  profiles: UserProfile[],
): Promise<UpsertedUser[]> {
  const upserted: UpsertedUser[] = [];
  // One after the other: two profiles of one request may be the same user's.
  for (const profile of profiles) {
    upserted.push({ externalId: profile.externalId, person: await users.ensureUser(profile) });
  }
  return upserted;
}
