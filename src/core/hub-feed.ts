import { closeCodes } from "../protocol/close-codes.ts";
import { formatCursor, parseCursor } from "../protocol/cursor.ts";
import type { HubFrame } from "../protocol/event.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";
import type { HubStore, LogEntry } from "./hub-store.ts";

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

interface InFlight {
  number: number;
  bytes: number;
}

export function createFeed({ store, connections, limits }: FeedOptions): Feed {
  // Lost in hibernation, which only comes when nothing is on the way.
  const inFlight = new Map<string, InFlight[]>();

  const id = (number: number): string => formatCursor({ epoch: store.epoch, number });
  const encode = (entry: LogEntry): string =>
    `{"kind":"event","id":"${id(entry.number)}","event":${entry.body}}`;
  const frame = (connection: Connection, value: HubFrame): void =>
    connection.send(JSON.stringify(value));

  function send(connection: Connection, number: number, text: string): void {
    const sent = inFlight.get(connection.id) ?? [];
    sent.push({ number, bytes: text.length });
    inFlight.set(connection.id, sent);
    connection.send(text);
  }

  function isFull(connection: Connection): boolean {
    const sent = inFlight.get(connection.id) ?? [];
    const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
    return sent.length >= limits.windowEvents || bytes >= limits.windowBytes;
  }

  /** Replays as much as the window takes; goes live once the log is exhausted. */
  function replay(connection: Connection): void {
    let { sent } = connection.position();
    if (sent + 1 < store.oldest()) return connection.close(closeCodes.slow);
    while (!isFull(connection)) {
      const entries = store.entriesAfter(sent, 32);
      for (const entry of entries) {
        if (isFull(connection)) break;
        send(connection, entry.number, encode(entry));
        sent = entry.number;
      }
      if (entries.length > 0) continue;
      connection.savePosition({ isLive: true, sent });
      return frame(connection, { kind: "ready", id: id(sent) });
    }
    connection.savePosition({ isLive: false, sent });
  }

  function join(connection: Connection, lastEventId: string | null): number | null {
    const head = store.head();
    const verdict = placeCursor(lastEventId, store);
    connection.savePosition({ isLive: false, sent: verdict.kind === "resume" ? verdict.from : head });
    if (verdict.kind === "reset") {
      frame(connection, { kind: "reset", id: id(head), reason: verdict.reason });
    }
    replay(connection);
    return verdict.kind === "resume" ? verdict.from : null;
  }

  function publish(entry: LogEntry): void {
    const text = encode(entry);
    for (const connection of connections()) {
      if (!connection.position().isLive) continue;
      if (isFull(connection)) connection.close(closeCodes.slow);
      else send(connection, entry.number, text);
    }
  }

  function acknowledge(connection: Connection, number: number): void {
    const waiting = (inFlight.get(connection.id) ?? []).filter((each) => each.number > number);
    inFlight.set(connection.id, waiting);
    if (!connection.position().isLive) replay(connection);
  }

  return {
    join,
    leave: (connection) => void inFlight.delete(connection.id),
    publish,
    broadcast: (value) => {
      const text = JSON.stringify(value);
      for (const connection of connections()) connection.send(text);
    },
    acknowledge,
  };
}

type Placement =
  | { kind: "start" }
  | { kind: "resume"; from: number }
  | { kind: "reset"; reason: "unknown-cursor" | "log-too-short" };

/** Where a client's last event id stands in the log (RESUME-2). */
function placeCursor(lastEventId: string | null, store: HubStore): Placement {
  if (lastEventId === null || lastEventId === "") return { kind: "start" };
  const cursor = parseCursor(lastEventId);
  if (!cursor || cursor.epoch !== store.epoch || cursor.number > store.head()) {
    return { kind: "reset", reason: "unknown-cursor" };
  }
  if (cursor.number + 1 < store.oldest()) return { kind: "reset", reason: "log-too-short" };
  return { kind: "resume", from: cursor.number };
}
