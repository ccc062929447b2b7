import type { ChatMessage } from "../protocol/chat-message.ts";
import type { ChatUser } from "./chat-user.ts";
import { createWritable } from "./readable.ts";
import type { Readable, Writable } from "./readable.ts";

/** Everyone that the browser has heard of. */
export interface People {
  of(userId: number): Readable<ChatUser | null>;
  /** Takes over what is given and keeps what else is known. */
  learn(user: Partial<ChatUser> & { id: number }): ChatUser;
  /** Who is online, of all those known but for some. */
  learnOnline(userIds: readonly number[], except: ReadonlySet<number>): void;
  onChange(listener: (user: ChatUser) => void): () => void;
  clear(): void;
}

export function createPeople(): People {
  const known = new Map<number, Writable<ChatUser | null>>();
  const listeners = new Set<(user: ChatUser) => void>();

  function find(userId: number): Writable<ChatUser | null> {
    const found = known.get(userId) ?? createWritable<ChatUser | null>(null);
    known.set(userId, found);
    return found;
  }

  function learn(news: Partial<ChatUser> & { id: number }): ChatUser {
    const entry = find(news.id);
    const before = entry.get();
    const user = { ...nobody, ...before, ...news };
    if (user.is_online) user.last_seen = null;
    const names = Object.keys(user) as (keyof ChatUser)[];
    if (before && names.every((name) => user[name] === before[name])) return before;
    entry.set(user);
    for (const listener of listeners) listener(user);
    return user;
  }

  return {
    of: find,
    learn,
    learnOnline(userIds, except) {
      const online = new Set(userIds);
      for (const [id, entry] of known) {
        if (entry.get() && !except.has(id)) learn({ id, is_online: online.has(id) });
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear() {
      for (const entry of known.values()) entry.set(null);
    },
  };
}

const nobody = { username: "", full_name: "", avatar: null, is_online: false, last_seen: null };

/** The other one of a message, as it shows them. */
export function otherOf(
  message: ChatMessage,
  viewerId: number,
): Pick<ChatUser, "id" | "username" | "full_name" | "avatar"> {
  return message.sender_id === viewerId
    ? {
        id: message.receiver_id,
        username: message.receiver_username,
        full_name: message.receiver_name,
        avatar: message.receiver_avatar,
      }
    : {
        id: message.sender_id,
        username: message.sender_username,
        full_name: message.sender_name,
        avatar: message.sender_avatar,
      };
}
