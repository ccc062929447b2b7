import type { Connection } from "./connection.ts";
import type { DeliveryReport } from "./delivery-report.ts";

/** How far each connection has come; it vouches only for what it got itself. */
export interface Arrivals {
  /** It has everything from where it began up to and including this number. */
  reach(connection: Connection, number: number, now: number): void;
  forget(connection: Connection): void;
}

export function createArrivals(report: Pick<DeliveryReport, "acknowledge">): Arrivals {
  const reached = new Map<string, number>();

  return {
    reach(connection, number, now) {
      const before = reached.get(connection.id) ?? connection.position().from;
      if (number <= before) return;
      reached.set(connection.id, number);
      report.acknowledge(before, number, now);
    },
    forget: ({ id }) => void reached.delete(id),
  };
}
