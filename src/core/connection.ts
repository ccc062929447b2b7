import type { FrameAnswer, LoggedFrame } from "../protocol/socket-frames.ts";

/** Where a connection stands in the log. Kept across hibernation. */
export interface Position {
  /** `waiting`: it has not said yet from where it wants to go on. */
  stage: "waiting" | "replaying" | "live";
  /** The newest number sent while replaying. */
  sent: number;
  /** Where it began; what is older it never got from here. */
  from: number;
  /** It tells what has arrived; one that does not is trusted to have what was sent. */
  acknowledges: boolean;
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
  /** Returns how many characters went out. `answer`: the frame answers what this very connection asked. */
  send(frame: LoggedFrame, answer?: FrameAnswer): number;
  /** MUST NOT throw, like send; a connection that is gone reports so by its close event. */
  close(code: number): void;
}
