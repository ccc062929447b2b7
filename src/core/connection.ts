/** Where a connection stands in the log. Kept across hibernation. */
export interface Position {
  /** False while older events are still being replayed. */
  isLive: boolean;
  /** The newest number sent while replaying. */
  sent: number;
}

/** The least that a hub needs of a connection, whatever it runs over. */
export interface Connection {
  readonly id: string;
  readonly openedAt: number;
  /** When it last gave a sign of life, ms since 1970. */
  lastSignOfLife(): number;
  position(): Position;
  savePosition(position: Position): void;
  /** MUST NOT throw; a connection that is gone reports so by its close event. */
  send(frame: string): void;
  close(code: number): void;
}
