import type { DurableEvent } from "../../src/protocol/event.ts";
import type { Message } from "../../src/protocol/message.ts";
import type { Person } from "../../src/protocol/person.ts";

export const alice: Person = { id: 1, username: "alice", fullName: "Alice Moreau", avatar: null };
export const bob: Person = { id: 2, username: "bob", fullName: "Bob Okafor", avatar: null };
export const carol: Person = { id: 3, username: "carol", fullName: "", avatar: null };

/** A message from Alice to Bob in conversation 1, changed where a test cares. */
export function sampleMessage(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: 100 + seq,
    uuid: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
    conversationId: 1,
    seq,
    sender: alice,
    receiver: bob,
    text: `message ${seq}`,
    clientId: null,
    attachment: null,
    createdAt: new Date(Date.UTC(2026, 0, 9, 10, 30, seq)).toISOString(),
    deliveredAt: null,
    readAt: null,
    ...change,
  };
}

export function sampleEvent(seq: number, change: Partial<Message> = {}): DurableEvent {
  return { type: "message", message: sampleMessage(seq, change) };
}

/** The event as the log of its receiver has it, with the count after it. */
export function withCount(event: DurableEvent, count: number): DurableEvent {
  if (event.type !== "message") throw new Error("only messages are counted");
  return { ...event, unread: { count, version: 9 } };
}
