import type { ChatAPI } from "./chat-api.ts";
import type { People } from "./people.ts";

/** Asks who is online. */
export interface PresenceLookup {
  /** One question at a time: what is asked meanwhile is asked once more after it. */
  ask(): void;
  /** It was told of that person, which is newer than an answer that is still to come. */
  told(userId: number): void;
}

export function createPresenceLookup(
  api: Pick<ChatAPI, "getOnlineUsers">,
  people: Pick<People, "learnOnline">,
): PresenceLookup {
  let isAsking = false;
  let isDue = false;
  const toldOf = new Set<number>();

  async function run(): Promise<void> {
    isDue = false;
    toldOf.clear();
    try {
      const { data } = await api.getOnlineUsers();
      people.learnOnline(data.online_users, toldOf);
    } catch {
      // The next connection asks again.
    }
    isAsking = false;
    if (isDue) ask();
  }

  function ask(): void {
    isDue = isAsking;
    if (isAsking) return;
    isAsking = true;
    void run();
  }

  return { ask, told: (userId) => void toldOf.add(userId) };
}
