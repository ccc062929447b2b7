import type { Limits } from "../protocol/limits.ts";

/** What is on the way to each connection and not acknowledged yet (FLOW-1). Lost in sleep, which comes only when it is empty. */
export interface Windows {
  add(connectionId: string, number: number, bytes: number): void;
  isFull(connectionId: string): boolean;
  /** Everything up to and including this number has arrived. */
  acknowledge(connectionId: string, number: number): void;
  forget(connectionId: string): void;
}

interface InFlight {
  number: number;
  bytes: number;
}

export function createWindows(limits: Pick<Limits, "windowEvents" | "windowBytes">): Windows {
  const inFlight = new Map<string, InFlight[]>();
  const of = (id: string): InFlight[] => inFlight.get(id) ?? [];

  return {
    add(id, number, bytes) {
      const sent = of(id);
      sent.push({ number, bytes });
      inFlight.set(id, sent);
    },
    isFull(id) {
      const sent = of(id);
      const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
      return sent.length >= limits.windowEvents || bytes >= limits.windowBytes;
    },
    acknowledge(id, number) {
      inFlight.set(
        id,
        of(id).filter((each) => each.number > number),
      );
    },
    forget: (id) => void inFlight.delete(id),
  };
}
