import type { Connection, Flow, Position } from "../../core/connection.ts";
import type { SocketToOpen } from "../../http/env.ts";
import { attachmentLink } from "../../http/links.ts";
import type { Ports } from "../../ports/index.ts";
import type { HubConnection } from "../../ports/user-hub.ts";
import { parseEvent, type HubFrame } from "../../protocol/event.ts";
import type { LinkTo } from "../../protocol/messaging-message.ts";
import { encodeFrame, type LoggedFrame } from "../../protocol/socket-frames.ts";
import type { Asker } from "../../usecases/answer-frame.ts";
import { createHubListener } from "../../usecases/hub-listener.ts";
import type { WriteGate } from "./write-gate.ts";

/** A connection that its hub can let go of. */
export interface LocalConnection extends Connection {
  isOpen(): boolean;
  /** It gave a sign of life. */
  heard(): void;
  /** Ends it now, whatever still waits to be kept. */
  cut(code: number): void;
  /** No hub has it any more. */
  isCut(): boolean;
}

/** A client's socket, and who is behind it. */
export interface HubSocket extends LocalConnection {
  readonly asker: Asker;
  greet(): void;
  /** Returns how many bytes went out. */
  say(frame: object): number;
}

/** What connections have for their hub. */
export interface Callers {
  receive(socket: HubSocket, data: string | ArrayBuffer): void;
  acknowledge(connection: LocalConnection, number: number): void;
  leave(connection: LocalConnection): void;
}

/** A connection outlives its hub, which may rest: this wakes the one that there is then. */
export type Reach = (call: (hub: Callers) => void) => void;

/** Where a socket's frames go. */
export interface Wire {
  send(text: string): void;
  close(code: number): void;
}

export interface ConnectionOptions {
  gate: WriteGate;
  userId: number;
  clock: Ports["clock"];
  links: Ports["links"];
}

/** What every connection keeps. Whatever goes out waits until what it rests on is kept. */
function createBase(options: ConnectionOptions, how: BaseOptions) {
  const { gate, clock } = options;
  let position: Position = {
    stage: "waiting",
    sent: 0,
    from: 0,
    epoch: "",
    acknowledges: how.acknowledges,
  };
  let flow: Flow = { acked: 0, sent: 0, spans: [] };
  let sign = how.firstSign;
  let isOpen = true;
  let isEnded = false;
  let isCut = false;

  function end(code: number): void {
    if (isEnded) return;
    isEnded = true;
    how.close(code);
  }

  return {
    id: crypto.randomUUID(),
    openedAt: clock.now(),
    expiresAt: how.expiresAt,
    lastSignOfLife: () => sign,
    heard: () => {
      sign = clock.now();
    },
    position: () => position,
    savePosition: (value: Position) => {
      position = value;
    },
    flow: () => flow,
    saveFlow: (value: Flow) => {
      flow = value;
    },
    isOpen: () => isOpen,
    close(code: number) {
      if (!isOpen) return;
      isOpen = false;
      gate.afterwards(() => end(code));
    },
    isCut: () => isCut,
    cut(code: number) {
      [isOpen, isCut] = [false, true];
      end(code);
    },
  };
}

interface BaseOptions {
  /** Ms; Infinity where someone else sees to that. */
  expiresAt: number;
  /** Infinity for one that never promised any. */
  firstSign: number;
  acknowledges: boolean;
  close(code: number): void;
}

/** A client's own socket. */
export function createSocketConnection(
  options: ConnectionOptions,
  { surface, base, person, expiresAt }: SocketToOpen,
  wire: Wire,
): HubSocket {
  const { gate, userId } = options;
  const linkTo: LinkTo = (file) => attachmentLink(options, base, file);
  const common = createBase(options, {
    expiresAt: expiresAt * 1_000,
    // A browser's own socket may never ping, and counts while it is open.
    firstSign: Infinity,
    // Clients of /ws/chat/ need not know acknowledgements; the first one they send says that they do.
    acknowledges: surface !== "chat",
    close: wire.close,
  });

  function write(text: string): number {
    if (common.isOpen()) gate.afterwards(() => wire.send(text));
    return Buffer.byteLength(text);
  }

  const say = (frame: object): number => write(JSON.stringify(frame));
  return {
    ...common,
    asker: { person, linkTo },
    send: (frame, answer) =>
      write(encodeFrame(surface, frame, { viewerId: userId, linkTo, answer })),
    greet: () => void say({ type: "connection_established", user_id: userId }),
    say,
  };
}

export interface StreamEnds {
  connection: LocalConnection;
  /** What the place knows where the stream ends. */
  near: HubConnection;
}

/** A stream that ends in this process. */
export function createStreamConnection(options: ConnectionOptions, reach: Reach): StreamEnds {
  const listener = createHubListener();

  function leave(): void {
    if (!connection.isCut()) reach((hub) => hub.leave(connection));
  }

  const connection: LocalConnection = {
    ...createBase(options, {
      expiresAt: Infinity,
      firstSign: options.clock.now(),
      acknowledges: true,
      close(code) {
        listener.closed(code);
        // Not within the turn in which the hub closed it.
        queueMicrotask(leave);
      },
    }),
    send(frame) {
      if (connection.isOpen()) options.gate.afterwards(() => listener.hear(parse(frame)));
      return frame.kind === "event" ? Buffer.byteLength(frame.body) : JSON.stringify(frame).length;
    },
  };
  const near: HubConnection = {
    onFrame: listener.onFrame,
    onClose: listener.onClose,
    acknowledge(number) {
      if (connection.isOpen()) reach((hub) => hub.acknowledge(connection, number));
    },
    ping: connection.heard,
    close: (code) => connection.close(code),
  };
  return { connection, near };
}

function parse(frame: LoggedFrame): HubFrame {
  if (frame.kind !== "event") return frame;
  return { kind: "event", id: frame.id, event: frame.event ?? parseEvent(frame.body) };
}
