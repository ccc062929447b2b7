import type { Connection, Flow, Position } from "../../core/connection.ts";
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

interface Attachment {
  id: string;
  openedAt: number;
  position: Position;
  flow: Flow;
  info: SocketInfo;
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
  const position = { stage: "waiting", sent: 0, from: 0, epoch: "", acknowledges };
  const flow = { acked: 0, sent: 0, spans: [] };
  server.serializeAttachment({ id: crypto.randomUUID(), openedAt: now, position, flow, info });
  return { client, server };
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
  const { info, id, openedAt, ...attachment } = socket.deserializeAttachment() as Attachment;
  const { surface, person } = info;
  const linkTo: LinkTo = (file) => attachmentLink(ports, info.base, file);
  const write = (text: string): number => {
    attempt(() => socket.send(text));
    return encoder.encode(text).length;
  };
  const say = (frame: object): number => write(JSON.stringify(frame));
  // The Worker promises to ping; a browser's own socket may never do so, and counts while it is open.
  const firstSign = surface === "bridge" ? openedAt : Infinity;
  let { position, flow } = attachment;
  const save = (): void => socket.serializeAttachment({ id, openedAt, position, flow, info });

  return {
    id,
    openedAt,
    asker: person && { person, linkTo },
    expiresAt: info.expiresAt ?? Infinity,
    lastSignOfLife: () => ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? firstSign,
    position: () => position,
    savePosition(value) {
      position = value;
      save();
    },
    flow: () => flow,
    saveFlow(value) {
      flow = value;
      save();
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
