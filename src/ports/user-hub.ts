import type { Head, UnreadVersion } from "../core/hub-inbox.ts";
import type { Visit } from "../core/hub-presence.ts";
import type { DurableEvent, HubFrame, Signal } from "../protocol/event.ts";
import type { Person } from "../protocol/person.ts";
import type { Presence } from "../protocol/presence.ts";

/** One open stream, as the place where the stream ends sees it. */
export interface HubConnection {
  /** Called for each frame in order; frames that came before it was set are handed over first. */
  onFrame(listener: (frame: HubFrame) => void): void;
  /** `code` is one of closeCodes or the transport's own. */
  onClose(listener: (code: number) => void): void;
  /** Everything up to and including this number has been written to the client. */
  acknowledge(number: number): void;
  /** A sign of life; MUST NOT wake a sleeping hub. */
  ping(): void;
  close(code: number): void;
}

export interface ConnectOptions {
  /** The client's last event id as it came; null for a first connection. */
  lastEventId: string | null;
}

/**
 * Every user's hub, by user id. Methods throw ChatError `hub-unavailable` when the hub does not answer in time.
 * MUST NOT create a hub for anyone but the caller's own user, a member of a conversation with them, or the target of
 * a service call.
 */
export interface UserHubs {
  connect(userId: number, options: ConnectOptions): Promise<HubConnection>;
  /** Logs and sends the events in order; repeating it changes nothing. */
  deliver(userId: number, events: DurableEvent[]): Promise<void>;
  /** At most once; lost when the hub is away. */
  signal(userId: number, signal: Signal): Promise<void>;
  /** Tells the sender's own hub; false when it does not know that the two share a conversation. */
  type(sender: Person, receiverId: number, isTyping: boolean): Promise<boolean>;
  /** Gives the hub what was just read from the history; it fetches what it has missed and answers the partners' presence. */
  sync(userId: number, heads: Head[]): Promise<Presence[]>;
  /** Presence of everyone who shares a conversation with the user; null when the hub does not know yet who that is. */
  listPresence(userId: number): Promise<Presence[] | null>;
  /** Says who shares a conversation with the user. */
  introduce(userId: number, partnerIds: number[]): Promise<void>;
  /** For hubs among themselves; answers the visited user's presence, and whether it wants to be told of changes. */
  visit(userId: number, visit: Visit): Promise<Visit>;
  /** The newest unread version of each conversation, to judge a cache by; null when the hub may not know them all. */
  unreadVersions(userId: number): Promise<UnreadVersion[] | null>;
  /** Says how far every unread count of the user has come. */
  learnUnread(userId: number, versions: UnreadVersion[]): Promise<void>;
  /** True for the first caller with this ticket id, false for every later one. */
  redeemTicket(userId: number, ticketId: string, expiresAt: number): Promise<boolean>;
}
