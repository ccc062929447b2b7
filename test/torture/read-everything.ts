import { setTimeout as pause } from "node:timers/promises";
import type { ChatPerson } from "../support/people.ts";
import { readMessage, type ShownMessage } from "./sight.ts";

interface Page {
  messages: Record<string, unknown>[];
  has_more: boolean;
}

const pauseMs = 200;
const tries = 100;

/** Every conversation of the person as REST answers it, each newest first; tries until it has them. */
export async function readEverything(person: ChatPerson): Promise<ShownMessage[][]> {
  type Listed = { other_user: { id: number } };
  const list = await insist(() => person.get<Listed[]>("chats/conversations/"));
  return Promise.all(list.map(({ other_user: { id } }) => readConversation(person, id)));
}

async function readConversation(person: ChatPerson, otherId: number): Promise<ShownMessage[]> {
  const messages: ShownMessage[] = [];
  for (;;) {
    const before = messages.at(-1) ? `&before_id=${messages.at(-1)?.id}` : "";
    const path = `chats/conversation/${otherId}/?limit=100${before}`;
    const page = await insist(() => person.get<Page>(path));
    messages.push(...page.messages.map(readMessage));
    if (!page.has_more) return messages;
  }
}

async function insist<T>(read: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await read();
    } catch (error) {
      if (left === 0) throw error;
      await pause(pauseMs);
    }
  }
}
