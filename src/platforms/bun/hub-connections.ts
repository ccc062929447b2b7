import type { Connection, Flow, Position } from "../../core/connection.ts";
import type { SocketToOpen } from "../../http/env.ts";
import { attachmentLink } from "../../http/links.ts";
import type { Ports } from "../../ports/index.ts";
import type { HubConnection } from "../../ports/user-hub.ts";
import { closeCodes } from "../../protocol/close-codes.ts";
import { parseEvent, type HubFrame } from "../../protocol/event.ts";
import { encodeFrame, type FrameAnswer, type LoggedFrame } from "../../protocol/socket-frames.ts";
import type { Asker } from "../../usecases/answer-frame.ts";
import { createHubListener } from "../../usecases/hub-listener.ts";
import type { SocketEnd, Wire } from "./hub-place.ts";
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
export type Reach = (userId: number, call: (hub: Callers) => void) => void;

export interface ConnectionOptions {
  gate: WriteGate;
  userId: number;
  ports: Pick<Ports, "clock" | "links">;
  reach: Reach;
}

interface Beginning {
  /** Ms; Infinity where someone else sees to that. */
  expiresAt: number;
  /** Infinity for one that never promised any. */
  firstSign: number;
  acknowledges: boolean;
}

const nowhere = { stage: "waiting", sent: 0, from: 0, epoch: "" } as const;
const placesToBegin = {
  acknowledging: { ...nowhere, acknowledges: true },
  trusted: { ...nowhere, acknowledges: false },
} satisfies Record<string, Position>;

let count = 0;

/**
 * What every connection keeps. Whatever goes out waits until what it rests on is kept. A class, here and below: of what
 * an idle user costs, functions of their own would be the most.
 */
abstract class BaseConnection implements LocalConnection {
  readonly openedAt: number;
  readonly expiresAt: number;
  protected readonly gate: WriteGate;
  protected readonly userId: number;
  protected readonly ports: ConnectionOptions["ports"];
  protected readonly reach: Reach;
  private readonly number = (count += 1);
  private sign: number;
  private place: Position;
  private onTheWay: Flow = { acked: 0, sent: 0, spans: [] };
  private state: "open" | "closed" | "cut" = "open";
  private isEnded = false;

  constructor({ gate, userId, ports, reach }: ConnectionOptions, beginning: Beginning) {
    this.gate = gate;
    this.userId = userId;
    this.ports = ports;
    this.reach = reach;
    this.openedAt = ports.clock.now();
    this.expiresAt = beginning.expiresAt;
    this.sign = beginning.firstSign;
    this.place = placesToBegin[beginning.acknowledges ? "acknowledging" : "trusted"];
  }

  abstract send(frame: LoggedFrame, answer?: FrameAnswer): number;
  /** Once, whoever ends it. */
  protected abstract ended(code: number): void;

  get id(): string {
    return String(this.number);
  }

  lastSignOfLife(): number {
    return this.sign;
  }

  heard(): void {
    this.sign = this.ports.clock.now();
  }

  position(): Position {
    return this.place;
  }

  savePosition(value: Position): void {
    this.place = value;
  }

  flow(): Flow {
    return this.onTheWay;
  }

  saveFlow(value: Flow): void {
    this.onTheWay = value;
  }

  isOpen(): boolean {
    return this.state === "open";
  }

  isCut(): boolean {
    return this.state === "cut";
  }

  close(code: number): void {
    if (!this.isOpen()) return;
    this.state = "closed";
    this.gate.afterwards(() => this.end(code));
  }

  cut(code: number): void {
    this.state = "cut";
    this.end(code);
  }

  private end(code: number): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.ended(code);
  }
}

class SocketConnection extends BaseConnection implements HubSocket, SocketEnd {
  private readonly surface: SocketToOpen["surface"];
  private readonly base: string;
  private readonly person: SocketToOpen["person"];
  private readonly wire: Wire;

  constructor(options: ConnectionOptions, opening: SocketToOpen, wire: Wire) {
    super(options, {
      expiresAt: opening.expiresAt * 1_000,
      // A browser's own socket may never ping, and counts while it is open.
      firstSign: Infinity,
      // Clients of /ws/chat/ need not know acknowledgements; the first one they send says that they do.
      acknowledges: opening.surface !== "chat",
    });
    this.surface = opening.surface;
    this.base = opening.base;
    this.person = opening.person;
    this.wire = wire;
  }

  get asker(): Asker {
    const { person, ports, base } = this;
    return { person, linkTo: (file) => attachmentLink(ports, base, file) };
  }

  send(frame: LoggedFrame, answer?: FrameAnswer): number {
    const { linkTo } = this.asker;
    return this.write(encodeFrame(this.surface, frame, { viewerId: this.userId, linkTo, answer }));
  }

  greet(): void {
    this.say({ type: "connection_established", user_id: this.userId });
  }

  say(frame: object): number {
    return this.write(JSON.stringify(frame));
  }

  receive(data: string | ArrayBuffer): void {
    if (this.isOpen()) this.reach(this.userId, (hub) => hub.receive(this, data));
  }

  leave(): void {
    this.close(closeCodes.goingAway);
    if (!this.isCut()) this.reach(this.userId, (hub) => hub.leave(this));
  }

  protected ended(code: number): void {
    this.wire.close(code);
  }

  private write(text: string): number {
    if (this.isOpen()) this.gate.afterwards(() => this.wire.send(text));
    return Buffer.byteLength(text);
  }
}

/** A client's own socket: as its hub sees it, and as the place does where it ends. */
export function createSocketConnection(
  options: ConnectionOptions,
  opening: SocketToOpen,
  wire: Wire,
): HubSocket & SocketEnd {
  return new SocketConnection(options, opening, wire);
}

class StreamConnection extends BaseConnection implements HubConnection {
  private readonly listener = createHubListener();

  constructor(options: ConnectionOptions) {
    const firstSign = options.ports.clock.now();
    super(options, { expiresAt: Infinity, firstSign, acknowledges: true });
  }

  send(frame: LoggedFrame): number {
    if (this.isOpen()) this.gate.afterwards(() => this.listener.hear(parse(frame)));
    return frame.kind === "event" ? Buffer.byteLength(frame.body) : JSON.stringify(frame).length;
  }

  onFrame(listener: (frame: HubFrame) => void): void {
    this.listener.onFrame(listener);
  }

  onClose(listener: (code: number) => void): void {
    this.listener.onClose(listener);
  }

  acknowledge(number: number): void {
    if (this.isOpen()) this.reach(this.userId, (hub) => hub.acknowledge(this, number));
  }

  ping(): void {
    this.heard();
  }

  protected ended(code: number): void {
    this.listener.closed(code);
    // Not within the turn in which the hub closed it.
    queueMicrotask(() => {
      if (!this.isCut()) this.reach(this.userId, (hub) => hub.leave(this));
    });
  }
}

/** A stream that ends in this process: as its hub sees it, and as the place does where it ends. */
export function createStreamConnection(
  options: ConnectionOptions,
): LocalConnection & HubConnection {
  return new StreamConnection(options);
}

function parse(frame: LoggedFrame): HubFrame {
  if (frame.kind !== "event") return frame;
  return { kind: "event", id: frame.id, event: frame.event ?? parseEvent(frame.body) };
}
