import type { ChatUser } from "./chat-user.ts";
import type { Http } from "./http.ts";

/** Who is signed in, as the server says. */
export interface ViewerLookup {
  /** Asks unless it is known. */
  run(): Promise<void>;
}

export function createViewerLookup(http: Http, onFound: (viewer: ChatUser) => void): ViewerLookup {
  type Account = Pick<ChatUser, "id" | "username" | "full_name" | "avatar">;
  let found: Promise<void> | null = null;

  async function ask(): Promise<void> {
    try {
      const { data } = await http.request<Account>({ method: "GET", path: "/api/auth/me" });
      onFound({ ...data, is_online: true, last_seen: null });
    } catch {
      // It is asked again when there is a connection.
      found = null;
    }
  }

  return {
    run: () => (found ??= ask()),
  };
}
