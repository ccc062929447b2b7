import type { ConnectionState, Transport } from "./connection.ts";
import type { Environment } from "./environment.ts";

/** Puts into words how a link stands. */
export interface LinkStatus {
  transport(): Transport | null;
  opening(): void;
  opened(by: Transport): void;
  /** Everything missed has arrived. */
  online(): void;
  /** It ended; `retryAt` is when the next try comes, null when none does. */
  ended(error: string, retryAt: number | null): void;
  /** The network came or went while waiting. */
  waiting(retryAt: number | null): void;
}

export function createLinkStatus(
  environment: Pick<Environment, "isOnline">,
  onState: (state: ConnectionState) => void,
): LinkStatus {
  let transport: Transport | null = null;
  let error: string | null = null;
  let isFirst = true;

  function tell(status: ConnectionState["status"], retryAt: number | null = null): void {
    onState({ status, transport, error, retryAt });
  }

  function waiting(retryAt: number | null): void {
    if (retryAt !== null) tell(environment.isOnline() ? "reconnecting" : "offline", retryAt);
  }

  return {
    transport: () => transport,
    opening() {
      transport = null;
      tell(isFirst ? "connecting" : "reconnecting");
    },
    opened(by) {
      transport = by;
    },
    online() {
      [error, isFirst] = [null, false];
      tell("online");
    },
    ended(detail, retryAt) {
      [error, isFirst, transport] = [detail, false, null];
      if (retryAt === null) tell("signed-out");
      else waiting(retryAt);
    },
    waiting,
  };
}
