import { useMemo } from "react";
import type { ChatUser } from "../client/chat-user.ts";
import { useChatClient } from "./chat-provider.tsx";
import type { Person } from "./person.ts";
import { useReadable } from "./use-readable.ts";

/** Someone as the page around knows them, with the rest and their presence from the server. */
export function usePartner(given: Person): ChatUser {
  const client = useChatClient();
  const id = Number(given.id);
  const known = useReadable(useMemo(() => client.user(id), [client, id]));
  const { full_name, name, username, avatar, is_online } = given;
  return useMemo(
    () => ({
      id,
      username: username || known?.username || "",
      full_name: full_name || name || known?.full_name || "",
      avatar: avatar ?? known?.avatar ?? null,
      is_online: known?.is_online ?? is_online ?? false,
      last_seen: known?.last_seen ?? null,
    }),
    [id, known, full_name, name, username, avatar, is_online],
  );
}
