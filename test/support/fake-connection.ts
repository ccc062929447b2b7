import type { Connection, Flow, Position } from "../../src/core/connection.ts";
import type { FrameAnswer, LoggedFrame } from "../../src/protocol/socket-frames.ts";

export interface FakeConnection extends Connection {
  frames: LoggedFrame[];
  /** What each frame answered, if anything. */
  answers: (FrameAnswer | undefined)[];
  closedWith: number | null;
  isOpen: boolean;
  signOfLife: number;
  /** Numbers of the events that were sent. */
  numbers(): number[];
  kinds(): string[];
}

export interface ConnectionChange {
  acknowledges?: boolean;
  expiresAt?: number;
}

/** A connection that remembers what was sent over it. */
export function createFakeConnection(
  id: string,
  openedAt: number,
  change: ConnectionChange = {},
): FakeConnection {
  const { acknowledges = true, expiresAt = Infinity } = change;
  let position: Position = { stage: "waiting", sent: 0, from: 0, epoch: "", acknowledges };
  let flow: Flow = { acked: 0, sent: 0, spans: [] };
  return {
    id,
    openedAt,
    expiresAt,
    frames: [],
    answers: [],
    closedWith: null,
    isOpen: true,
    signOfLife: openedAt,
    lastSignOfLife() {
      return this.signOfLife;
    },
    position: () => position,
    savePosition(value) {
      position = value;
    },
    flow: () => flow,
    saveFlow(value) {
      flow = value;
    },
    send(given, answer) {
      const frame = asSent(given);
      if (this.isOpen) {
        this.frames.push(frame);
        this.answers.push(answer);
      }
      return Buffer.byteLength(JSON.stringify(frame));
    },
    close(code) {
      this.closedWith ??= code;
      this.isOpen = false;
    },
    numbers() {
      return this.frames.flatMap((frame) =>
        frame.kind === "event" ? [Number(frame.id.split("-")[1])] : [],
      );
    },
    kinds() {
      return this.frames.map((frame) => frame.kind);
    },
  };
}

/** An event goes out as its body, once. */
function asSent(frame: LoggedFrame): LoggedFrame {
  return frame.kind === "event"
    ? { kind: "event", id: frame.id, body: frame.body, texts: {} }
    : frame;
}
