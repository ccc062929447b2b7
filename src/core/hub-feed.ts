import { closeCodes } from "../protocol/close-codes.ts";
import { formatCursor } from "../protocol/cursor.ts";
import type { DurableEvent } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { FrameAnswer, LoggedFrame } from "../protocol/socket-frames.ts";
import type { Connection } from "./connection.ts";
import type { DeliveryReport } from "./delivery-report.ts";
import { createArrivals } from "./hub-arrivals.ts";
import { createReplay, isPlaced, placeCursor } from "./hub-replay.ts";
import type { HubStore, LogEntry } from "./hub-store.ts";
import { createWindows } from "./hub-window.ts";

export interface FeedOptions {
  store: HubStore;
  connections: () => Connection[];
  limits: Limits;
  report: Pick<DeliveryReport, "begin" | "resume" | "acknowledge">;
  /** The log cannot be read; a new one has to begin. */
  onLoss: (now: number) => void;
}

/** The connection that an event came from, and what it asked. It gets the event as its answer, in the event's place. */
export interface AskingConnection {
  id: string;
  answer: FrameAnswer;
  /** Whether it has its answer. */
  isTold: boolean;
}

export interface Origin {
  now: number;
  asking: AskingConnection | null;
}

/** An entry with its event, where that need not be read from it. */
interface FreshEntry extends LogEntry {
  event?: DurableEvent | undefined;
}

interface Sent {
  number: number;
  frame: LoggedFrame;
}

/** Brings the log to the connections: replay after a gap, then live, never more than the window at once. */
export interface Feed {
  /** Places a connection by its last event id and starts its replay. */
  join(connection: Connection, lastEventId: string | null, now: number): void;
  leave(connection: Connection): void;
  publish(entry: FreshEntry, origin: Origin): void;
  broadcast(frame: LoggedFrame): void;
  /** So many bytes went out that no event was. */
  count(connection: Connection, bytes: number): void;
  acknowledge(connection: Connection, number: number, now: number): void;
}

export function createFeed(options: FeedOptions): Feed {
  const { store, connections, limits, report } = options;
  const windows = createWindows(limits);
  const arrivals = createArrivals(report);
  const idOf = (number: number): string => formatCursor({ epoch: store.epoch(), number });

  const frameOf = ({ number, body, event }: FreshEntry): LoggedFrame => {
    return { kind: "event", id: idOf(number), body, event, texts: {} };
  };

  function send(connection: Connection, { number, frame }: Sent, origin: Origin): void {
    windows.add(connection, number, sendFrom(origin, connection, frame));
    if (!connection.position().acknowledges) arrivals.reach(connection, number, origin.now);
  }

  const { enter, replay } = createReplay({
    ...options,
    windows,
    send: (connection, entry, now) =>
      send(connection, { ...entry, frame: frameOf(entry) }, { now, asking: null }),
  });

  return {
    join: (connection, lastEventId, now) => enter(connection, placeCursor(lastEventId, store), now),
    leave: (connection) => arrivals.forget(connection),
    publish(entry, origin) {
      const sent = { number: entry.number, frame: frameOf(entry) };
      for (const each of connections()) {
        if (!isLive(each)) continue;
        if (windows.isFull(each)) each.close(closeCodes.slow);
        else send(each, sent, origin);
      }
    },
    broadcast(frame) {
      for (const each of connections().filter(isPlaced))
        windows.addUnnumbered(each, each.send(frame));
    },
    count: windows.addUnnumbered,
    acknowledge(connection, number, now) {
      const position = connection.position();
      if (!position.acknowledges) connection.savePosition({ ...position, acknowledges: true });
      windows.acknowledge(connection, number);
      arrivals.reach(connection, number, now);
      if (position.stage === "replaying") replay(connection, now);
    },
  };
}

function isLive(connection: Connection): boolean {
  return connection.position().stage === "live";
}

/** To the one that asked, the event is its answer, unless it has another. */
function sendFrom({ asking }: Origin, connection: Connection, frame: LoggedFrame): number {
  if (asking?.id !== connection.id || asking.isTold) return connection.send(frame);
  asking.isTold = true;
  return connection.send(frame, asking.answer);
}
