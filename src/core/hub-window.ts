import type { Limits } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";

/** What is on the way to each connection and not acknowledged yet (FLOW-1). Forgotten in sleep. */
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

/** A connection that acknowledges nothing may have so many windows' bytes before it must come back. */
const trusted = 16;

export function createWindows(limits: Pick<Limits, "windowEvents" | "windowBytes">): Windows {
  const inFlight = new Map<string, InFlight[]>();
  const of = ({ id }: Connection): InFlight[] => inFlight.get(id) ?? [];

  return {
    add(connection, number, bytes) {
      const sent = of(connection);
      sent.push({ number, bytes });
      inFlight.set(connection.id, sent);
    },
    isFull(connection) {
      const { acknowledges } = connection.position();
      const sent = of(connection);
      const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
      if (!acknowledges) return bytes >= limits.windowBytes * trusted;
      return sent.length >= limits.windowEvents || bytes >= limits.windowBytes;
    },
    acknowledge(connection, number) {
      const waiting = of(connection).filter((each) => each.number > number);
      inFlight.set(connection.id, waiting);
    },
    forget: ({ id }) => void inFlight.delete(id),
  };
}
