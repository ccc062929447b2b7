import { eventKey, type DurableEvent } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Message } from "../protocol/message.ts";
import type { AskingConnection, Origin } from "./hub-feed.ts";
import { noteKept } from "./hub-loss.ts";
import type { ConversationState, HubStore, LogEntry } from "./hub-store.ts";

/** Messages that a hub has not been given, though it knows that they exist. */
export interface Hole {
  conversationId: number;
  fromSeq: number;
  toSeq: number;
  /** Older messages are history, not news, ISO 8601. */
  since: string;
}

/** What the history says of one conversation. */
export interface Head {
  conversationId: number;
  partnerId: number;
  headSeq: number;
  unreadVersion: number;
  /** ISO 8601; null for an empty conversation. */
  lastMessageAt: string | null;
}

export type UnreadVersion = [conversationId: number, version: number];

export interface InboxOptions {
  userId: number;
  store: HubStore;
  limits: Limits;
  /** An entry is in the log. */
  onEntry: (entry: LogEntry, event: DurableEvent, origin: Origin) => void;
  /** Two people have written to each other. */
  onPartner: (partnerId: number, activeAt: number) => void;
}

/** Puts what concerns the user into the log: each thing once, each conversation's messages in order. */
export interface Inbox {
  /** A message beyond a hole is left alone and the hole returned (HUB-5). */
  deliver(event: DurableEvent, now: number, asking?: AskingConnection): Hole | null;
  /** Takes what filled a hole, and the hole for filled. */
  repair(messages: Message[], hole: Hole, now: number): void;
  /** What the history has and the log was never given (HUB-6). */
  holes(heads: Head[], now: number): Hole[];
  /** Takes the newest version of every unread count; from then on none of them is unknown. */
  learnUnread(versions: UnreadVersion[]): void;
  /** Null as long as there may be one that the hub was never told. */
  unreadVersions(): UnreadVersion[] | null;
}

/** Clocks of the hub and of the database may differ by so much. */
const skewMs = 10_000;

export function createInbox(options: InboxOptions): Inbox {
  const { userId, store, onPartner } = options;
  const headOf = (conversationId: number): number =>
    store.conversation(conversationId)?.headSeq ?? 0;

  function record(event: DurableEvent, origin: Origin): void {
    const entry = store.append(eventKey(event), event, options.limits.logEvents);
    if (entry) noteKept(store, "events");
    if (entry) options.onEntry(entry, event, origin);
  }

  function recordMessage(event: DurableEvent & { type: "message" }, origin: Origin): void {
    const { sender, receiver, conversationId, seq } = event.message;
    onPartner(sender.id === userId ? receiver.id : sender.id, origin.now);
    raise(store, conversationId, { headSeq: seq, unreadVersion: event.unread?.version ?? 0 });
    record(event, origin);
  }

  return {
    deliver(event, now, asking) {
      const origin = { now, asking: asking ?? null };
      if (event.type !== "message") {
        raiseUnread(store, event);
        record(event, origin);
        return null;
      }
      const { conversationId, seq } = event.message;
      const head = headOf(conversationId);
      if (seq === head + 1) recordMessage(event, origin);
      else raiseUnread(store, event);
      return seq > head + 1 ? holeIn(store, conversationId, [head + 1, seq - 1]) : null;
    },
    repair(messages, { conversationId, toSeq }, now) {
      for (const message of messages) {
        if (message.seq <= headOf(conversationId)) continue;
        recordMessage({ type: "message", message }, { now, asking: null });
      }
      raise(store, conversationId, { headSeq: toSeq });
    },
    holes(heads, now) {
      const holes: Hole[] = [];
      for (const { conversationId, partnerId, lastMessageAt, ...newest } of heads) {
        const { headSeq, unreadVersion } = newest;
        raise(store, conversationId, { unreadVersion });
        onPartner(partnerId, lastMessageAt === null ? 0 : Math.min(now, Date.parse(lastMessageAt)));
        const head = headOf(conversationId);
        if (headSeq <= head) continue;
        const isHistory = lastMessageAt !== null && lastMessageAt < newsSince(store);
        if (isHistory) raise(store, conversationId, { headSeq });
        else holes.push(holeIn(store, conversationId, [head + 1, headSeq]));
      }
      return holes;
    },
    learnUnread(versions) {
      for (const [id, unreadVersion] of versions) raise(store, id, { unreadVersion });
      store.saveMemory({ ...store.memory(), unreadKnown: true });
    },
    unreadVersions: () => (store.memory().unreadKnown ? store.unreadVersions() : null),
  };
}

/** What is older was there before the log. */
function newsSince(store: HubStore): string {
  return new Date(store.bornAt() - skewMs).toISOString();
}

function holeIn(store: HubStore, conversationId: number, seqs: [number, number]): Hole {
  const [fromSeq, toSeq] = seqs;
  return { conversationId, fromSeq, toSeq, since: newsSince(store) };
}

function raiseUnread(store: HubStore, event: DurableEvent): void {
  if (event.type === "message" && event.unread) {
    raise(store, event.message.conversationId, { unreadVersion: event.unread.version });
  }
  if (event.type === "read" && event.unread) {
    raise(store, event.conversationId, { unreadVersion: event.unread.version });
  }
}

/** Both numbers only grow. */
function raise(
  store: HubStore,
  conversationId: number,
  { headSeq = 0, unreadVersion = 0 }: Partial<ConversationState>,
): void {
  const state = store.conversation(conversationId) ?? { headSeq: 0, unreadVersion: 0 };
  if (headSeq <= state.headSeq && unreadVersion <= state.unreadVersion) return;
  store.saveConversation(conversationId, {
    headSeq: Math.max(headSeq, state.headSeq),
    unreadVersion: Math.max(unreadVersion, state.unreadVersion),
  });
  noteKept(store, "conversations");
}
