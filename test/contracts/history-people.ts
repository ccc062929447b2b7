import { randomUUID } from "node:crypto";
import type { HistoryStore, NewMessage, SendOutcome } from "../../src/ports/history-store.ts";
import type { UploadNotes } from "../../src/ports/upload-notes.ts";
import type { UserStore } from "../../src/ports/user-store.ts";
import type { Attachment } from "../../src/protocol/attachment.ts";
import type { UnreadAfter } from "../../src/protocol/event.ts";
import type { Message } from "../../src/protocol/message.ts";
import type { Person } from "../../src/protocol/person.ts";

export interface StoresUnderTest {
  users: UserStore;
  history: HistoryStore;
  uploads: UploadNotes;
}

/** As many people as names, never seen before. */
export async function newPeople(users: UserStore, ...names: string[]): Promise<Person[]> {
  const profiles = names.map((name) => ({
    externalId: `${name}-${randomUUID()}`,
    username: name,
    fullName: name.toUpperCase(),
    avatar: null,
  }));
  return Promise.all(profiles.map((profile) => users.ensureUser(profile)));
}

export async function newPair(users: UserStore): Promise<{ alice: Person; bob: Person }> {
  const [alice, bob] = await newPeople(users, "alice", "bob");
  return { alice: alice!, bob: bob! };
}

export function messageFrom(
  sender: Person,
  receiver: Person,
  more: Partial<NewMessage> = {},
): NewMessage {
  const ends = { senderId: sender.id, receiverId: receiver.id };
  return { ...ends, text: "hello", clientId: null, attachment: null, ...more };
}

export function newFile(more: Partial<Attachment & { digest: string }> = {}) {
  const described = { kind: "document", contentType: "text/plain", size: 5 } as const;
  return { id: randomUUID(), name: "notes.txt", digest: "d1", ...described, ...more };
}

/** A file whose bytes are stored by now. */
export async function uploadFile(uploads: UploadNotes, more?: Parameters<typeof newFile>[0]) {
  const file = newFile(more);
  await uploads.note(file.id);
  return file;
}

export interface Sent {
  message: Message;
  receiverUnread: UnreadAfter;
}

export function expectSent(outcome: SendOutcome, status: "stored" | "replayed" = "stored"): Sent {
  if (outcome.status !== status) throw new Error(`${outcome.status} instead of ${status}`);
  return outcome;
}

/** Sends the texts one after the other. */
export async function sendAll(
  history: HistoryStore,
  [sender, receiver]: [Person, Person],
  texts: string[],
): Promise<Message[]> {
  const messages: Message[] = [];
  for (const text of texts) {
    const outcome = await history.sendMessage(messageFrom(sender, receiver, { text }));
    messages.push(expectSent(outcome).message);
  }
  return messages;
}

/** Runs the jobs, at most so many at once. */
export async function inParallel<T>(atOnce: number, jobs: (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const queue = jobs.entries();
  async function work(): Promise<void> {
    for (const [index, job] of queue) results[index] = await job();
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

export const firstPage = { limit: 50, offset: 0, beforeId: null };
export const allConversations = { limit: null, before: null };
export const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
