import type { ClientEvent } from "./client-event.ts";
import type { Readable } from "./readable.ts";

export type Transport = "websocket" | "sse";

/** How the link to the server stands. */
export interface ConnectionState {
  /**
   * `connecting`: the first try. `online`: everything missed has arrived. `reconnecting`: it was lost, or trying goes on.
   * `offline`: the browser says that there is no network. `signed-out`: the token is refused. `closed`: on purpose.
   */
  status: "connecting" | "online" | "reconnecting" | "offline" | "signed-out" | "closed";
  transport: Transport | null;
  /** Why it is not online, for people; null when it is. */
  error: string | null;
  /** When the next try comes, in milliseconds since 1970; null when none is planned. */
  retryAt: number | null;
}

/** The one link of a browser: this tab's own, or another tab's that this one listens to. */
export interface Connection {
  readonly state: Readable<ConnectionState>;
  /** Every event, in order, in every tab. Answers how to stop. */
  onEvent(listener: (event: ClientEvent) => void): () => void;
  /** Opens it, resuming after that event. */
  start(cursor: string | null): void;
  /** Everything up to and including this event is applied and kept: it may be acknowledged. */
  applied(cursor: string): void;
  /** Passes a frame of the messaging API if a socket is open in this tab; false if not, and nothing is kept. */
  send(frame: { type: string } & Record<string, unknown>): boolean;
  /** Tries again now. */
  reconnect(): void;
  close(): void;
}
