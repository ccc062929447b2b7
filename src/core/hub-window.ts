import { closeCodes } from "../protocol/close-codes.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Connection, Span } from "./connection.ts";

/** What is on the way to each connection and not acknowledged yet (FLOW-1). It stays with the connection in its sleep. */
export interface Windows {
  /** Begins, or begins again, after this event. */
  begin(connection: Connection, number: number): void;
  /** The next event went out. */
  add(connection: Connection, number: number, bytes: number): void;
  /** Something without a number went out, an answer or a signal; closes the connection once too much did. */
  addUnnumbered(connection: Connection, bytes: number): void;
  /** Whether a further event must wait. */
  isFull(connection: Connection): boolean;
  /** Everything up to and including this number has arrived. */
  acknowledge(connection: Connection, number: number): void;
}

/** Of anything at all, so many windows' bytes may be on the way: events that nobody acknowledges, answers and signals. */
const mostWindows = 16;
/** More spans than this are taken together, so that a flow fits in what the runtime keeps for a socket. */
const mostSpans = 150;

export function createWindows(limits: Pick<Limits, "windowEvents" | "windowBytes">): Windows {
  function isSpent(connection: Connection): boolean {
    const { spans } = connection.flow();
    return sum(spans, (span) => span.events + span.others) >= limits.windowBytes * mostWindows;
  }

  return {
    begin(connection, number) {
      const { spans } = connection.flow();
      const others = sum(spans, (span) => span.others);
      connection.saveFlow({ acked: number, sent: number, spans: [{ number, events: 0, others }] });
    },
    add(connection, number, bytes) {
      const flow = connection.flow();
      const spans = joinOldest([...flow.spans, { number, events: bytes, others: 0 }]);
      connection.saveFlow({ ...flow, sent: number, spans });
    },
    addUnnumbered(connection, bytes) {
      const flow = connection.flow();
      const last = flow.spans.at(-1) ?? { number: flow.sent, events: 0, others: 0 };
      const spans = [...flow.spans.slice(0, -1), { ...last, others: last.others + bytes }];
      connection.saveFlow({ ...flow, spans });
      if (isSpent(connection)) connection.close(closeCodes.slow);
    },
    isFull(connection) {
      if (isSpent(connection)) return true;
      if (!connection.position().acknowledges) return false;
      const { acked, sent, spans } = connection.flow();
      const bytes = sum(spans, (span) => span.events);
      return sent - acked >= limits.windowEvents || bytes >= limits.windowBytes;
    },
    acknowledge(connection, number) {
      const { acked, sent, spans } = connection.flow();
      const upTo = Math.min(number, sent);
      if (upTo < acked) return;
      // What followed the newest event has no number; to name that event again is to say that it came, too.
      const isSaidAgain = upTo === acked && upTo === sent;
      const waiting = spans
        .filter((span) => span.number >= upTo && !isSaidAgain)
        .map((span) => (span.number === upTo ? { ...span, events: 0 } : span));
      connection.saveFlow({ acked: upTo, sent, spans: waiting });
    },
  };
}

function sum(spans: Span[], bytesOf: (span: Span) => number): number {
  return spans.reduce((total, span) => total + bytesOf(span), 0);
}

/** Two spans together count until the newer of their events is acknowledged. */
function joinOldest(spans: Span[]): Span[] {
  const [first, second, ...rest] = spans;
  if (!first || !second || spans.length <= mostSpans) return spans;
  const { number } = second;
  const events = first.events + second.events;
  return [{ number, events, others: first.others + second.others }, ...rest];
}
