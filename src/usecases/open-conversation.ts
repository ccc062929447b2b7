import type { Ports } from "../ports/index.ts";
import { ChatError } from "../protocol/error.ts";
import type { Person } from "../protocol/person.ts";
import { takeTurn } from "./send-message.ts";
import { syncConversations } from "./sync-conversations.ts";
import type { ListedConversation } from "./sync-conversations.ts";

export interface OpenedConversation {
  conversation: ListedConversation;
  isNew: boolean;
}

/** Finds or begins the conversation with someone; from then on the opener's hub knows the other one (CONV-1). */
export async function openConversation(
  ports: Pick<Ports, "config" | "history" | "hubs" | "limiter" | "log">,
  opener: Person,
  otherUserId: number,
): Promise<OpenedConversation> {
  if (otherUserId === opener.id) {
    throw new ChatError("receiver-is-sender", { detail: "A conversation needs someone else" });
  }
  takeTurn(ports, opener, "open");
  const opened = await ports.history.openConversation(opener.id, otherUserId);
  if (!opened) throw new ChatError("not-found");
  const [conversation] = await syncConversations(ports, opener.id, [opened.conversation]);
  return { conversation: conversation!, isNew: opened.isNew };
}
