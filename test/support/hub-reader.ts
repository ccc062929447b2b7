import { parseCursor } from "../../src/protocol/cursor.ts";
import { readEvent } from "../../src/protocol/event.ts";
import type { LoggedFrame } from "../../src/protocol/socket-frames.ts";
import type { FakeConnection } from "./fake-connection.ts";

/** A client that keeps its last event id and judges what it is shown. */
export interface Reader {
  connection: FakeConnection | null;
  cursor: string | null;
  /** The newest message that it has of each conversation. */
  newest(conversationId: number): number | null;
  /** What it acknowledged or came back with. */
  acked: number;
  /** Begins a connection from this id. */
  begin(connection: FakeConnection, cursor: string | null): void;
  /** Takes what has come; answers what was wrong with it. */
  take(): string[];
}

/** `heads`: what the lists say of each conversation, read whenever they have to be. */
export function createReader(heads: () => Map<number, number>): Reader {
  let taken = 0;
  /** The newest message of each conversation from the lists, and from the log since then. */
  let listed = new Map<number, number>();
  let logged = new Map<number, number>();
  /** Without the lists nobody knows what came before the first message. */
  let hasLists = false;

  function sync(): void {
    listed = new Map(heads());
    logged = new Map();
    hasLists = true;
  }

  function faultOfEvent(frame: LoggedFrame & { kind: "event" }): string | null {
    const before = parseCursor(reader.cursor ?? "");
    const here = parseCursor(frame.id)!;
    reader.cursor = frame.id;
    if (before?.epoch !== here.epoch || before.number + 1 !== here.number)
      return `${frame.id} came after ${before?.epoch}-${before?.number}`;
    const event = readEvent(frame.body);
    if (!event) return `${frame.id} cannot be read`;
    if (event.type !== "message") return null;
    const { conversationId, seq } = event.message;
    const known = logged.get(conversationId);
    const newest = reader.newest(conversationId);
    logged.set(conversationId, seq);
    if (known !== undefined && seq <= known) return `message ${conversationId}/${seq} came again`;
    if (hasLists && seq > (newest ?? 0) + 1)
      return `messages of ${conversationId} after ${newest} are missing`;
    return null;
  }

  function faultOf(frame: LoggedFrame): string | null {
    if (frame.kind === "event") return faultOfEvent(frame);
    if (frame.kind === "signal") return null;
    const [before, isReset] = [reader.cursor, frame.kind === "reset"];
    reader.cursor = frame.id;
    if (isReset || before === null) sync();
    const isDue = isReset || before === null || before === frame.id;
    return isDue ? null : `ready at ${frame.id} though it has come to ${before}`;
  }

  const reader: Reader = {
    connection: null,
    cursor: null,
    acked: 0,
    newest(id) {
      const seqs = [listed.get(id), logged.get(id)].filter((seq) => seq !== undefined);
      return seqs.length > 0 ? Math.max(...seqs) : null;
    },
    begin(connection, cursor) {
      if (cursor !== reader.cursor) [listed, logged, hasLists] = [new Map(), new Map(), false];
      Object.assign(reader, { connection, cursor, acked: connection.position().from });
      taken = 0;
    },
    take() {
      const frames = reader.connection?.frames.slice(taken) ?? [];
      taken += frames.length;
      return frames.map(faultOf).filter((fault) => fault !== null);
    },
  };
  return reader;
}
