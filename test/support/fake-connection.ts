import type { Connection, Position } from "../../src/core/connection.ts";
import type { HubFrame } from "../../src/protocol/event.ts";

export interface FakeConnection extends Connection {
  frames: HubFrame[];
  closedWith: number | null;
  isOpen: boolean;
  signOfLife: number;
  /** Numbers of the events that were sent. */
  numbers(): number[];
  kinds(): string[];
}

/** A connection that remembers what was sent over it. */
export function createFakeConnection(id: string, openedAt: number): FakeConnection {
  let position: Position = { isLive: false, sent: 0 };
  return {
    id,
    openedAt,
    frames: [],
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
    send(frame) {
      if (this.isOpen) this.frames.push(JSON.parse(frame) as HubFrame);
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
