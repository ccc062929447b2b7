import { closeCodes } from "../protocol/close-codes.ts";
import { formatCursor, parseCursor } from "../protocol/cursor.ts";
import type { HubFrame } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";
import type { HubStore, LogEntry } from "./hub-store.ts";
import { createWindows } from "./hub-window.ts";

export interface FeedOptions {
  store: HubStore;
  connections: () => Connection[];
  limits: Limits;
}

/** Brings the log to the connections: replay after a gap, then live, never more than the window at once. */
export interface Feed {
  /** Places a new connection by its last event id and starts its replay; returns the number it has proven to have seen. */
  join(connection: Connection, lastEventId: string | null): number | null;
  leave(connection: Connection): void;
  publish(entry: LogEntry): void;
  broadcast(frame: HubFrame): void;
  acknowledge(connection: Connection, number: number): void;
}

export function createFeed({ store, connections, limits }: FeedOptions): Feed {
  const windows = createWindows(limits);

  function send(connection: Connection, { number }: LogEntry, text: string): void {
    windows.add(connection.id, number, text.length);
    connection.send(text);
  }

  /** Replays as much as the window takes; goes live once the log is exhausted. */
  function replay(connection: Connection): void {
    let { sent } = connection.position();
    if (sent + 1 < store.oldest()) return connection.close(closeCodes.slow);
    while (!windows.isFull(connection.id)) {
      const [entry] = store.entriesAfter(sent, 1);
      if (!entry) {
        connection.savePosition({ isLive: true, sent });
        return connection.send(JSON.stringify({ kind: "ready", id: idOf(store, sent) }));
      }
      send(connection, entry, encode(store, entry));
      sent = entry.number;
    }
    connection.savePosition({ isLive: false, sent });
  }

  return {
    join(connection, lastEventId) {
      const head = store.head();
      const place = placeCursor(lastEventId, store);
      const sent = place.kind === "resume" ? place.from : head;
      connection.savePosition({ isLive: false, sent });
      if (place.kind === "reset") {
        const { reason } = place;
        connection.send(JSON.stringify({ kind: "reset", id: idOf(store, head), reason }));
      }
      replay(connection);
      return place.kind === "resume" ? place.from : null;
    },
    leave: (connection) => windows.forget(connection.id),
    publish(entry) {
      const text = encode(store, entry);
      for (const connection of connections()) {
        if (!connection.position().isLive) continue;
        if (windows.isFull(connection.id)) connection.close(closeCodes.slow);
        else send(connection, entry, text);
      }
    },
    broadcast(frame) {
      const text = JSON.stringify(frame);
      for (const connection of connections()) connection.send(text);
    },
    acknowledge(connection, number) {
      windows.acknowledge(connection.id, number);
      if (!connection.position().isLive) replay(connection);
    },
  };
}

function idOf(store: HubStore, number: number): string {
  return formatCursor({ epoch: store.epoch, number });
}

/** The frame around an entry, without parsing what is inside. */
function encode(store: HubStore, { number, body }: LogEntry): string {
  return `{"kind":"event","id":"${idOf(store, number)}","event":${body}}`;
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
