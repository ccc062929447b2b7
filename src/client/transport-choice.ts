import type { Transport } from "./connection.ts";
import type { Environment } from "./environment.ts";

export interface TransportChoice {
  /** What the next link goes by. */
  next(): Transport;
  socketOpened(): void;
  /** The server answers, but a socket to it does not open. */
  socketFailed(): void;
}

const mostFailures = 2;
const blockedMs = 5 * 60_000;

/** `auto` takes sockets for blocked after two that did not open in a row, and looks again five minutes later. */
export function createTransportChoice(
  environment: Pick<Environment, "now" | "isOnline">,
  transport: Transport | "auto",
): TransportChoice {
  let failures = 0;
  let blockedUntil = -Infinity;
  return {
    next() {
      if (transport !== "auto") return transport;
      return environment.now() < blockedUntil ? "sse" : "websocket";
    },
    socketOpened() {
      failures = 0;
    },
    socketFailed() {
      if (!environment.isOnline()) return;
      failures += 1;
      if (failures >= mostFailures) blockedUntil = environment.now() + blockedMs;
    },
  };
}
