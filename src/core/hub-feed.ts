import { closeCodes } from "../protocol/close-codes.ts";
import { formatCursor, parseCursor } from "../protocol/cursor.ts";
import type { Limits } from "../protocol/limits.ts";
import type { FrameAnswer, LoggedFrame } from "../protocol/socket-frames.ts";
import type { Connection } from "./connection.ts";
import type { DeliveryReport } from "./delivery-report.ts";
import { createArrivals } from "./hub-arrivals.ts";
import type { HubStore, LogEntry } from "./hub-store.ts";
import { createWindows } from "./hub-window.ts";

export interface FeedOptions {
  store: HubStore;
  connections: () => Connection[];
  limits: Limits;
  report: Pick<DeliveryReport, "begin" | "resume" | "acknowledge">;
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

/** Brings the log to the connections: replay after a gap, then live, never more than the window at once. */
export interface Feed {
  /** Places a connection by its last event id and starts its replay. */
  join(connection: Connection, lastEventId: string | null, now: number): void;
  leave(connection: Connection): void;
  publish(entry: LogEntry, origin: Origin): void;
  broadcast(frame: LoggedFrame): void;
  acknowledge(connection: Connection, number: number, now: number): void;
}

export function createFeed({ store, connections, limits, report }: FeedOptions): Feed {
  const windows = createWindows(limits);
  const arrivals = createArrivals(report);
  const idOf = (number: number): string => formatCursor({ epoch: store.epoch, number });

  function send(connection: Connection, { number, body }: LogEntry, origin: Origin): void {
    const frame = { kind: "event", id: idOf(number), body } as const;
    windows.add(connection, number, sendFrom(origin, connection, frame));
    if (!connection.position().acknowledges) arrivals.reach(connection, number, origin.now);
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
        return void connection.send({ kind: "ready", id: idOf(sent) });
      }
      send(connection, entry, { now, asking: null });
      sent = entry.number;
    }
    // Nothing would ever tell that there is room again.
    if (!position.acknowledges) return connection.close(closeCodes.slow);
    connection.savePosition({ ...position, stage: "replaying", sent });
  }

  return {
    join(connection, lastEventId, now) {
      const { place, sent } = placeCursor(lastEventId, store);
      connection.savePosition({ ...connection.position(), stage: "replaying", sent, from: sent });
      if (place.kind === "reset") {
        connection.send({ kind: "reset", id: idOf(sent), reason: place.reason });
      }
      if (place.kind === "resume") report.resume(sent, now);
      else report.begin(sent);
      replay(connection, now);
    },
    leave: (connection) => [windows, arrivals].forEach((each) => each.forget(connection)),
    publish(entry, origin) {
      for (const connection of connections().filter(isLive)) {
        if (windows.isFull(connection)) connection.close(closeCodes.slow);
        else send(connection, entry, origin);
      }
    },
    broadcast(frame) {
      for (const each of connections().filter(isPlaced)) each.send(frame);
    },
    acknowledge(connection, number, now) {
      const position = connection.position();
      if (!position.acknowledges) connection.savePosition({ ...position, acknowledges: true });
      windows.acknowledge(connection, number);
      arrivals.reach(connection, number, now);
      if (position.stage === "replaying") replay(connection, now);
    },
  };
}

function isPlaced(connection: Connection): boolean {
  return connection.position().stage !== "waiting";
}

function isLive(connection: Connection): boolean {
  return connection.position().stage === "live";
}

/** To the one that asked, the event is its answer. */
function sendFrom({ asking }: Origin, connection: Connection, frame: LoggedFrame): number {
  if (asking?.id !== connection.id) return connection.send(frame);
  asking.isTold = true;
  return connection.send(frame, asking.answer);
}

type Place = { kind: "start" | "resume" } | { kind: "reset"; reason: ResetReason };
type ResetReason = (LoggedFrame & { kind: "reset" })["reason"];

/** Where a client's last event id stands in the log, and what it has from there (RESUME-2). */
function placeCursor(lastEventId: string | null, store: HubStore): { place: Place; sent: number } {
  const head = store.head();
  const reset = (reason: ResetReason) => ({
    place: { kind: "reset", reason } as const,
    sent: head,
  });
  if (lastEventId === null || lastEventId === "") return { place: { kind: "start" }, sent: head };
  const cursor = parseCursor(lastEventId);
  if (!cursor || cursor.epoch !== store.epoch || cursor.number > head)
    return reset("unknown-cursor");
  if (cursor.number + 1 < store.oldest()) return reset("log-too-short");
  return { place: { kind: "resume" }, sent: cursor.number };
}
