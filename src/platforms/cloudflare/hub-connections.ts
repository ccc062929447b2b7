import type { Connection, Flow, Position, Span } from "../../core/connection.ts";
import { attachmentLink } from "../../http/links.ts";
import type { Ports } from "../../ports/index.ts";
import type { LinkTo } from "../../protocol/messaging-message.ts";
import type { Person } from "../../protocol/person.ts";
import { encodeFrame, type Surface } from "../../protocol/socket-frames.ts";
import type { Asker } from "../../usecases/answer-frame.ts";

/** Who opened a socket, and how it is to be spoken to; kept with it in hibernation. */
export interface SocketInfo {
  surface: Surface;
  person: Person | null;
  /** When the token runs out, ms; null where the Worker sees to that. */
  expiresAt: number | null;
  /** Where clients reach the server, for links to files. */
  base: string;
}

/** What stays the same for as long as a socket is open. */
interface Identity {
  id: string;
  openedAt: number;
  info: SocketInfo;
}

/** Kept anew with each event that goes out, and so as what is copied fastest: texts and a list of numbers. */
interface Attachment {
  /** As JSON. */
  identity: string;
  /** As JSON. */
  position: string;
  /** What is acknowledged, what was sent, then three for each span. */
  flow: number[];
}

/** A connection and who is behind it; null for the Worker's bridge, which speaks for a stream. */
export interface HubSocket extends Connection {
  readonly asker: Asker | null;
  greet(): void;
  /** Returns how many bytes went out. */
  say(frame: object): number;
}

export interface Connections {
  open(): HubSocket[];
  of(socket: WebSocket): HubSocket;
}

export interface ConnectionsOptions {
  ctx: DurableObjectState;
  userId: number;
  clock: Ports["clock"];
  links: Ports["links"];
}

const encoder = new TextEncoder();
/** Most frames fit; only their length is asked for. */
const scratch = new Uint8Array(48 * 1024);

function bytesOf(text: string): number {
  // One UTF-16 unit is at most three bytes.
  if (text.length * 3 > scratch.length) return encoder.encode(text).length;
  return encoder.encodeInto(text, scratch).written;
}

/** Makes a hibernatable socket pair. */
export function acceptSocket(
  ctx: DurableObjectState,
  info: SocketInfo,
  now: number,
): { client: WebSocket; server: WebSocket } {
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  // Clients of /ws/chat/ need not know acknowledgements; the first one they send says that they do.
  const acknowledges = info.surface !== "chat";
  const position: Position = { stage: "waiting", sent: 0, from: 0, epoch: "", acknowledges };
  const identity: Identity = { id: crypto.randomUUID(), openedAt: now, info };
  const attachment: Attachment = {
    identity: JSON.stringify(identity),
    position: JSON.stringify(position),
    flow: packFlow({ acked: 0, sent: 0, spans: [] }),
  };
  server.serializeAttachment(attachment);
  return { client, server };
}

function packFlow({ acked, sent, spans }: Flow): number[] {
  const packed = [acked, sent];
  for (const { number, events, others } of spans) packed.push(number, events, others);
  return packed;
}

function unpackFlow([acked = 0, sent = 0, ...packed]: number[]): Flow {
  const spans: Span[] = [];
  for (let at = 0; at < packed.length; at += 3) {
    const [number = 0, events = 0, others = 0] = packed.slice(at, at + 3);
    spans.push({ number, events, others });
  }
  return { acked, sent, spans };
}

/** The hub's connections over its object's sockets. */
export function createConnections(options: ConnectionsOptions): Connections {
  const known = new WeakMap<WebSocket, HubSocket>();

  function of(socket: WebSocket): HubSocket {
    const connection = known.get(socket) ?? wrap(socket, options);
    known.set(socket, connection);
    return connection;
  }

  return {
    of,
    open: () =>
      options.ctx
        .getWebSockets()
        .filter((socket) => socket.readyState === WebSocket.OPEN)
        .map(of),
  };
}

function wrap(socket: WebSocket, { ctx, userId, ...ports }: ConnectionsOptions): HubSocket {
  const attachment = socket.deserializeAttachment() as Attachment;
  const { info, id, openedAt } = JSON.parse(attachment.identity) as Identity;
  const { surface, person } = info;
  const linkTo: LinkTo = (file) => attachmentLink(ports, info.base, file);
  const write = (text: string): number => {
    attempt(() => socket.send(text));
    return bytesOf(text);
  };
  const say = (frame: object): number => write(JSON.stringify(frame));
  // The Worker promises to ping; a browser's own socket may never do so, and counts while it is open.
  const firstSign = surface === "bridge" ? openedAt : Infinity;
  let position = JSON.parse(attachment.position) as Position;
  let flow = unpackFlow(attachment.flow);
  const save = (change: Partial<Attachment>): void =>
    socket.serializeAttachment(Object.assign(attachment, change));

  return {
    id,
    openedAt,
    asker: person && { person, linkTo },
    expiresAt: info.expiresAt ?? Infinity,
    lastSignOfLife: () => ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? firstSign,
    position: () => position,
    savePosition(value) {
      position = value;
      save({ position: JSON.stringify(value) });
    },
    flow: () => flow,
    saveFlow(value) {
      flow = value;
      save({ flow: packFlow(value) });
    },
    send: (frame, answer) =>
      write(encodeFrame(surface, frame, { viewerId: userId, linkTo, answer })),
    greet() {
      if (surface !== "bridge") say({ type: "connection_established", user_id: userId });
    },
    say,
    close: (code) => attempt(() => socket.close(code)),
  };
}

/** A socket that is already closing reports so by its close event. */
function attempt(call: () => void): void {
  try {
    call();
  } catch {
    // Nothing is lost: what it did not get, it gets when it resumes.
  }
}
