import type { DurableEvent } from "../protocol/event.ts";
import type { Presence } from "../protocol/presence.ts";

export interface LogEntry {
  number: number;
  /** The event as JSON. */
  body: string;
}

export interface ConversationState {
  headSeq: number;
  unreadVersion: number;
}

/** Someone who shares a conversation with the hub's user. */
export interface Partner {
  presence: Presence;
  /** Until when they want to be told of changes, ms; 0 for not. */
  watchUntil: number;
  /** When the two last wrote, ms; orders the partners when there are many. */
  activeAt: number;
  /** When their hub last said how they are, ms. */
  heardAt: number;
}

/** What a sender is to be told of messages that arrived. */
export interface Receipt {
  senderId: number;
  event: DurableEvent & { type: "delivered" };
}

/** What a hub remembers about itself. */
export interface HubMemory {
  isOnline: boolean;
  lastSeen: string | null;
  revision: number;
  /** The newest revision that partners were told of. */
  announcedRevision: number;
  /** When absence becomes news, ms; null while connected or offline. */
  graceUntil: number | null;
  /** Until when partners keep this hub informed though nobody is connected, ms. */
  watchUntil: number;
  /** True once someone said who the partners are. */
  partnersKnown: boolean;
  /** A client that comes back vouches for what is after this. */
  reported: number;
  /** Numbers of what was delivered though the report of it failed. */
  owed: number[];
  /** Reported to the history, but not to these senders yet. */
  untold: Receipt[];
  /** Partners whose hubs could not be visited, and when to try them again, ms. */
  missed: number[];
  retryAt: number | null;
  retries: number;
  lastSeenSaved: boolean;
  /** True once someone said how far every unread count has come. */
  unreadKnown: boolean;
  /** What the store was once given, and in which epoch; where it is not there, it was lost. */
  kept: { epoch: string; events: boolean; conversations: boolean };
}

export const newHubMemory: HubMemory = {
  isOnline: false,
  lastSeen: null,
  revision: 0,
  announcedRevision: 0,
  graceUntil: null,
  watchUntil: 0,
  partnersKnown: false,
  reported: 0,
  owed: [],
  untold: [],
  missed: [],
  retryAt: null,
  retries: 0,
  lastSeenSaved: true,
  unreadKnown: false,
  kept: { epoch: "", events: false, conversations: false },
};

/**
 * Where one hub keeps what must survive sleep. Synchronous: a hub decides in one turn. What one turn wrote MUST be
 * kept or lost as a whole.
 */
export interface HubStore {
  /** Made at random when the log was begun. */
  epoch(): string;
  /** When the log was begun, ms. */
  bornAt(): number;
  /** Begins the log anew, in another epoch and without conversations; everything else stays. */
  renew(now: number): void;
  head(): number;
  /** The lowest number still kept; head + 1 when there is none. */
  oldest(): number;
  /** Null when the key is in the log. Keeps at least the newest `keep` entries. */
  append(key: string, event: DurableEvent, keep: number): LogEntry | null;
  entriesAfter(number: number, limit: number): LogEntry[];
  conversation(id: number): ConversationState | null;
  saveConversation(id: number, state: ConversationState): void;
  hasConversations(): boolean;
  unreadVersions(): [conversationId: number, version: number][];
  partner(userId: number): Partner | null;
  savePartner(partner: Partner): void;
  /** The most recently active first. */
  partners(limit: number): Partner[];
  /** Those who want to be told of changes after `now`. */
  watchers(now: number): number[];
  memory(): HubMemory;
  saveMemory(memory: HubMemory): void;
  /** False when the ticket was seen before. Forgets tickets that have expired. */
  redeemTicket(id: string, expiresAt: number, now: number): boolean;
}
