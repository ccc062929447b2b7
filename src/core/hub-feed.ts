import { closeCodes } from "../protocol/close-codes.ts";
import { formatCursor, parseCursor } from "../protocol/cursor.ts";
import type { Limits } from "../protocol/limits.ts";
import type { LoggedFrame } from "../protocol/socket-frames.ts";
import type { Connection } from "./connection.ts";
import type { HubStore, LogEntry } from "./hub-store.ts";
import { createWindows } from "./hub-window.ts";

export interface FeedOptions {
  store: HubStore;
  connections: () => Connection[];
  limits: Limits;
  /** A connection has everything up to and including this number. */
  onArrived: (number: number, now: number) => void;
}

/** When an event came, and over which connection, if any: that one gets an answer of its own. */
export interface Origin {
  now: number;
  connectionId: string | null;
}

/** Brings the log to the connections: replay after a gap, then live, never more than the window at once. */
export interface Feed {
  /** Places a connection by its last event id and starts its replay. */
  join(connection: Connection, lastEventId: string | null, now: number): void;
  leave(connection: Connection): void;
  publish(entry: LogEntry, origin: Origin): void;
  broadcast(frame: LoggedFrame): void;
  acknowledge(connection: Connection, number: number, now: number): void;
}

export function createFeed({ store, connections, limits, onArrived }: FeedOptions): Feed {
  const windows = createWindows(limits);
  const idOf = (number: number): string => formatCursor({ epoch: store.epoch, number });

  function send(connection: Connection, { number, body }: LogEntry, now: number): void {
    windows.add(connection, number, connection.send({ kind: "event", id: idOf(number), body }));
    if (!connection.position().acknowledges) onArrived(number, now);
  }

  /** Replays as much as the window takes; goes live once the log is exhausted. */
  function replay(connection: Connection, now: number): void {
    const position = connection.position();
    let { sent } = position;
    if (sent + 1 < store.oldest()) return connection.close(closeCodes.slow);
    while (!windows.isFull(connection)) {
      const [entry] = store.entriesAfter(sent, 1);
      if (!entry) {
        connection.savePosition({ ...position, stage: "live", sent });
        connection.send({ kind: "ready", id: idOf(sent) });
        return;
      }
      send(connection, entry, now);
      sent = entry.number;
    }
    connection.savePosition({ ...position, stage: "replaying", sent });
  }

  return {
    join(connection, lastEventId, now) {
      const place = placeCursor(lastEventId, store);
      const sent = place.kind === "resume" ? place.from : store.head();
      connection.savePosition({ ...connection.position(), stage: "replaying", sent });
      if (place.kind === "reset") {
        connection.send({ kind: "reset", id: idOf(sent), reason: place.reason });
      }
      if (place.kind === "resume") onArrived(place.from, now);
      replay(connection, now);
    },
    leave: (connection) => windows.forget(connection),
    publish(entry, { now, connectionId }) {
      for (const connection of connections()) {
        if (connection.position().stage !== "live" || connection.id === connectionId) continue;
        if (windows.isFull(connection)) connection.close(closeCodes.slow);
        else send(connection, entry, now);
      }
    },
    broadcast(frame) {
      for (const connection of connections()) {
        if (connection.position().stage !== "waiting") connection.send(frame);
      }
    },
    acknowledge(connection, number, now) {
      const position = connection.position();
      if (!position.acknowledges) connection.savePosition({ ...position, acknowledges: true });
      windows.acknowledge(connection, number);
      onArrived(number, now);
      if (position.stage === "replaying") replay(connection, now);
    },
  };
}

type Place =
  | { kind: "start" }
  | { kind: "resume"; from: number }
  | { kind: "reset"; reason: "unknown-cursor" | "log-too-short" };

/** Where a client's last event id stands in the log (RESUME-2). */
function placeCursor(lastEventId: string | null, store: HubStore): Place {
  if (lastEventId === null || lastEventId === "") return { kind: "start" };
  const cursor = parseCursor(lastEventId);
  if (!cursor || cursor.epoch !== store.epoch || cursor.number > store.head()) {
    return { kind: "reset", reason: "unknown-cursor" };
  }
  if (cursor.number + 1 < store.oldest()) return { kind: "reset", reason: "log-too-short" };
  return { kind: "resume", from: cursor.number };
}
