import type { ClientEvent } from "./client-event.ts";
import type { Transport } from "./connection.ts";

/** Why a link is over. */
export interface LinkEnd {
  /**
   * `invited`: the server said to come back at once. `expired`: the token did. `replaced`: a newer connection took its place.
   * `signed-out`: there is no token that the server takes.
   */
  why: "lost" | "invited" | "expired" | "replaced" | "signed-out";
  /** For people. */
  detail: string;
  retryAfterMs: number | null;
}

/** Nothing is called any more once it ended or was closed. */
export interface LinkEvents {
  /** The server has greeted. */
  onOpen(transport: Transport): void;
  onEvent(event: ClientEvent): void;
  onEnd(end: LinkEnd): void;
}

/** One connection to the server, from its first byte on. */
export interface Link {
  applied(cursor: string): void;
  /** False where it cannot be sent. */
  send(frame: object): boolean;
  /** Makes sure, sooner than by itself, that the server still answers. */
  probe(): void;
  close(): void;
}

export function lost(detail: string, retryAfterMs: number | null = null): LinkEnd {
  return { why: "lost", detail, retryAfterMs };
}

/** Lets events through until the first end. */
export function untilEnd(events: LinkEvents, onOver: () => void): LinkEvents & { stop(): void } {
  let isOver = false;
  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    onOver();
  };
  return {
    onOpen(transport) {
      if (!isOver) events.onOpen(transport);
    },
    onEvent(event) {
      if (!isOver) events.onEvent(event);
    },
    onEnd(end) {
      if (isOver) return;
      stop();
      events.onEnd(end);
    },
    stop,
  };
}
