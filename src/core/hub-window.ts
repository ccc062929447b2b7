import { closeCodes } from "../protocol/close-codes.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Connection, Flow, Span } from "./connection.ts";

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
  const isSpent = ({ events, others }: Bytes): boolean =>
    events + others >= limits.windowBytes * mostWindows;

  return {
    begin(connection, number) {
      const { others } = bytesOf(connection.flow());
      // Most connections only ever listen.
      const spans = others > 0 ? [{ number, events: 0, others }] : [];
      connection.saveFlow({ acked: number, sent: number, spans });
    },
    add(connection, number, bytes) {
      const flow = connection.flow();
      flow.spans.push({ number, events: bytes, others: 0 });
      joinOldest(flow.spans);
      flow.sent = number;
      connection.saveFlow(flow);
    },
    addUnnumbered(connection, bytes) {
      const flow = connection.flow();
      const last = flow.spans.at(-1);
      if (last) last.others += bytes;
      else flow.spans.push({ number: flow.sent, events: 0, others: bytes });
      connection.saveFlow(flow);
      if (isSpent(bytesOf(flow))) connection.close(closeCodes.slow);
    },
    isFull(connection) {
      const flow = connection.flow();
      const bytes = bytesOf(flow);
      if (isSpent(bytes)) return true;
      if (!connection.position().acknowledges) return false;
      return flow.sent - flow.acked >= limits.windowEvents || bytes.events >= limits.windowBytes;
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

type Bytes = Pick<Span, "events" | "others">;

function bytesOf({ spans }: Flow): Bytes {
  const bytes = { events: 0, others: 0 };
  for (const { events, others } of spans) {
    bytes.events += events;
    bytes.others += others;
  }
  return bytes;
}

/** Two spans together count until the newer of their events is acknowledged. */
function joinOldest(spans: Span[]): void {
  const [first, second] = spans;
  if (!first || !second || spans.length <= mostSpans) return;
  second.events += first.events;
  second.others += first.others;
  spans.shift();
}
