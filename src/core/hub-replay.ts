import { closeCodes } from "../protocol/close-codes.ts";
import { formatCursor, parseCursor } from "../protocol/cursor.ts";
import { readEvent } from "../protocol/event.ts";
import type { LoggedFrame } from "../protocol/socket-frames.ts";
import type { Connection } from "./connection.ts";
import type { DeliveryReport } from "./delivery-report.ts";
import type { HubStore, LogEntry } from "./hub-store.ts";
import type { Windows } from "./hub-window.ts";

export interface ReplayOptions {
  store: HubStore;
  connections: () => Connection[];
  report: Pick<DeliveryReport, "begin" | "resume">;
  windows: Pick<Windows, "begin" | "isFull">;
  send: (connection: Connection, entry: LogEntry, now: number) => void;
  /** The log cannot be read; a new one has to begin. */
  onLoss: (now: number) => void;
}

/** Brings a connection from its place in the log to where it is live. */
export interface Replay {
  enter(connection: Connection, placed: Placed, now: number): void;
  /** Goes on as far as the window allows. */
  replay(connection: Connection, now: number): void;
}

export function createReplay(options: ReplayOptions): Replay {
  const { store, connections, report, windows, send, onLoss } = options;
  const idOf = (number: number): string => formatCursor({ epoch: store.epoch(), number });

  /** Replays as much as the window takes; goes live once the log is exhausted. */
  function replay(connection: Connection, now: number): void {
    const position = connection.position();
    let { sent } = position;
    if (sent + 1 < store.oldest()) return connection.close(closeCodes.slow);
    while (!windows.isFull(connection)) {
      const [entry] = store.entriesAfter(sent, 1);
      if (!entry && sent === store.head()) return goLive(connection, sent, idOf(sent));
      if (entry?.number !== sent + 1 || !readEvent(entry.body)) return lose(connection, sent, now);
      send(connection, entry, now);
      sent = entry.number;
    }
    // Nothing would ever tell that there is room again.
    if (!position.acknowledges) return connection.close(closeCodes.slow);
    connection.savePosition({ ...position, stage: "replaying", sent });
  }

  /** Whoever has had nothing yet is told here that the log was lost; everyone else when they come back. */
  function lose(connection: Connection, sent: number, now: number): void {
    const isFresh = sent === connection.position().from;
    onLoss(now);
    if (isFresh) enter(connection, resetAt(store, "unknown-cursor"), now);
    closeStrangers();
  }

  function enter(connection: Connection, { place, sent }: Placed, now: number): void {
    const at = { stage: "replaying", sent, from: sent, epoch: store.epoch() } as const;
    connection.savePosition({ ...connection.position(), ...at });
    windows.begin(connection, sent);
    const { kind } = place;
    if (kind === "reset") connection.send({ kind, id: idOf(sent), reason: place.reason });
    if (kind === "resume") report.resume(sent, now);
    else report.begin(sent);
    replay(connection, now);
  }

  /** They come back with an id of the log that was lost (RESUME-2). */
  function closeStrangers(): void {
    const epoch = store.epoch();
    for (const each of connections().filter(isPlaced))
      if (each.position().epoch !== epoch) each.close(closeCodes.goingAway);
  }

  closeStrangers();
  return { enter, replay };
}

function goLive(connection: Connection, sent: number, id: string): void {
  connection.savePosition({ ...connection.position(), stage: "live", sent });
  connection.send({ kind: "ready", id });
}

export function isPlaced(connection: Connection): boolean {
  return connection.position().stage !== "waiting";
}

type Place = { kind: "start" | "resume" } | { kind: "reset"; reason: ResetReason };
type ResetReason = (LoggedFrame & { kind: "reset" })["reason"];

export interface Placed {
  place: Place;
  sent: number;
}

/** Where a client's last event id stands in the log, and what it has from there (RESUME-2). */
export function placeCursor(lastEventId: string | null, store: HubStore): Placed {
  const head = store.head();
  if (lastEventId === null || lastEventId === "") return { place: { kind: "start" }, sent: head };
  const cursor = parseCursor(lastEventId);
  if (!cursor || cursor.epoch !== store.epoch() || cursor.number > head)
    return resetAt(store, "unknown-cursor");
  if (cursor.number + 1 < store.oldest()) return resetAt(store, "log-too-short");
  return { place: { kind: "resume" }, sent: cursor.number };
}

function resetAt(store: HubStore, reason: ResetReason): Placed {
  return { place: { kind: "reset", reason }, sent: store.head() };
}
