import type { FrameAnswer, LoggedFrame } from "../protocol/socket-frames.ts";

/** Where a connection stands in the log. Kept across hibernation. */
export interface Position {
  /** `waiting`: it has not said yet from where it wants to go on. */
  stage: "waiting" | "replaying" | "live";
  /** The newest number sent while replaying. */
  sent: number;
  /** Where it began; what is older it never got from here. */
  from: number;
  /** Of the log that it stands in; empty while it waits. */
  epoch: string;
  /** It tells what has arrived; one that does not is trusted to have what was sent. */
  acknowledges: boolean;
}

/** What has been sent to a connection and how much of it has arrived. Kept across hibernation, once saved after a change. */
export interface Flow {
  /** Everything up to this event has arrived. */
  acked: number;
  /** The newest event sent. Events are sent in the order of their numbers, without a gap. */
  sent: number;
  /** What has not arrived, the oldest first. */
  spans: Span[];
}

/** Bytes on the way: an event's own, and those of what followed it without a number. */
export interface Span {
  number: number;
  events: number;
  others: number;
}

/** The least that a hub needs of a connection, whatever it runs over. */
export interface Connection {
  readonly id: string;
  readonly openedAt: number;
  /** When the token that opened it runs out, ms; Infinity where someone else sees to that. */
  readonly expiresAt: number;
  /** When it last gave a sign of life, ms since 1970; Infinity for one that never promised any. */
  lastSignOfLife(): number;
  position(): Position;
  savePosition(position: Position): void;
  flow(): Flow;
  saveFlow(flow: Flow): void;
  /** Returns how many bytes of UTF-8 went out. `answer`: the frame answers what this very connection asked. */
  send(frame: LoggedFrame, answer?: FrameAnswer): number;
  /** MUST NOT throw, like send; a connection that is gone reports so by its close event. */
  close(code: number): void;
}
