import type { ChatPerson } from "./people.ts";

interface UnreadAnswer {
  total_unread: number;
  conversations: { conversation_id: number; unread_count: number }[];
}

/** What the server says is unread, per conversation; its own total has to agree. */
export async function unreadFromApi(person: ChatPerson): Promise<Record<string, number>> {
  const answer = await person.get<UnreadAnswer>("chats/unread-count/");
  const counts = answer.conversations.map((each) => each.unread_count);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== answer.total_unread) throw new Error(`${answer.total_unread} is not ${total}`);
  return Object.fromEntries(
    answer.conversations.map((each) => [each.conversation_id, each.unread_count]),
  );
}
