import type { Limits } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";

/** What is on the way to each connection and not acknowledged yet (FLOW-1). Lost in sleep, which comes only when it is empty. */
export interface Windows {
  add(connection: Connection, number: number, bytes: number): void;
  isFull(connection: Connection): boolean;
  /** Everything up to and including this number has arrived. */
  acknowledge(connection: Connection, number: number): void;
  forget(connection: Connection): void;
}

interface InFlight {
  number: number;
  bytes: number;
}

/** A connection that acknowledges nothing may have so many windows' bytes between two signs of life. */
const trusted = 16;

export function createWindows(limits: Pick<Limits, "windowEvents" | "windowBytes">): Windows {
  const inFlight = new Map<string, InFlight[]>();
  const signs = new Map<string, number>();
  const of = ({ id }: Connection): InFlight[] => inFlight.get(id) ?? [];

  /** Without acknowledgements, a new sign of life is the best there is. */
  function trust(connection: Connection): void {
    const sign = connection.lastSignOfLife();
    if (signs.get(connection.id) === sign) return;
    signs.set(connection.id, sign);
    inFlight.delete(connection.id);
  }

  return {
    add(connection, number, bytes) {
      const sent = of(connection);
      sent.push({ number, bytes });
      inFlight.set(connection.id, sent);
    },
    isFull(connection) {
      const { acknowledges } = connection.position();
      if (!acknowledges) trust(connection);
      const sent = of(connection);
      const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
      if (!acknowledges) return bytes >= limits.windowBytes * trusted;
      return sent.length >= limits.windowEvents || bytes >= limits.windowBytes;
    },
    acknowledge(connection, number) {
      const waiting = of(connection).filter((each) => each.number > number);
      inFlight.set(connection.id, waiting);
    },
    forget({ id }) {
      inFlight.delete(id);
      signs.delete(id);
    },
  };
}
