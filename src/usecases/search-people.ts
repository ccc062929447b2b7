import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";
import { listOnline } from "./list-online.ts";

const shown = 20;
const searches = { burst: 20, perSecond: 2 };

export interface FoundPerson {
  person: Person;
  /** Only of those who share a conversation with the one who asks (PRES-4). */
  isOnline: boolean;
}

/** Whom one could write to (AUTH-7). */
export async function searchPeople(
  ports: Pick<Ports, "users" | "history" | "hubs" | "limiter">,
  userId: number,
  text: string,
): Promise<FoundPerson[]> {
  const { allowed, retryAfterMs } = ports.limiter.take(`people:${userId}`, searches);
  if (!allowed) throw new ChatError("rate-limited", { retryAfterMs });
  const [people, online] = await Promise.all([
    ports.users.searchAccounts({ text, except: userId, limit: shown }),
    listOnline(ports, userId),
  ]);
  return people.map((person) => ({ person, isOnline: online.includes(person.id) }));
}
