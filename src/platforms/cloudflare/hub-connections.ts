import type { Connection, Position } from "../../core/connection.ts";

/** What survives hibernation with a socket. */
interface Attachment {
  id: string;
  openedAt: number;
  position: Position;
}

export interface Connections {
  open(): Connection[];
  of(socket: WebSocket): Connection;
}

/** Makes a hibernatable socket pair. */
export function acceptConnection(
  ctx: DurableObjectState,
  now: number,
): { client: WebSocket; server: WebSocket } {
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  const position = { isLive: false, sent: 0 };
  server.serializeAttachment({ id: crypto.randomUUID(), openedAt: now, position });
  return { client, server };
}

/** The hub's connections over its object's sockets. */
export function createConnections(ctx: DurableObjectState): Connections {
  const known = new WeakMap<WebSocket, Connection>();

  function of(socket: WebSocket): Connection {
    const connection = known.get(socket) ?? wrap(ctx, socket);
    known.set(socket, connection);
    return connection;
  }

  return {
    of,
    open: () =>
      ctx
        .getWebSockets()
        .filter((socket) => socket.readyState === WebSocket.OPEN)
        .map(of),
  };
}

function wrap(ctx: DurableObjectState, socket: WebSocket): Connection {
  const attachment = socket.deserializeAttachment() as Attachment;
  const { id, openedAt } = attachment;
  let { position } = attachment;

  return {
    id,
    openedAt,
    lastSignOfLife: () =>
      Math.max(openedAt, ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0),
    position: () => position,
    savePosition(value) {
      position = value;
      socket.serializeAttachment({ id, openedAt, position });
    },
    send(frame) {
      try {
        socket.send(frame);
      } catch {
        // A socket that is already closing reports so by its close event.
      }
    },
    close(code) {
      try {
        socket.close(code);
      } catch {
        // Likewise.
      }
    },
  };
}
