import type { Server, ServerWebSocket } from "bun";
import { createApp } from "../../http/app.ts";
import type { SocketToOpen } from "../../http/env.ts";
import type { Ports } from "../../ports/index.ts";
import { closeCodes } from "../../protocol/close-codes.ts";
import { ChatError } from "../../protocol/error.ts";
import { ping, pong } from "../../protocol/socket-requests.ts";
import { openDirectOutlet } from "./direct-outlet.ts";
import type { HubPlace, SocketEnd, Wire } from "./hub-place.ts";
import type { Site } from "./site.ts";

export interface ServeOptions {
  ports: Ports;
  hubOf: (userId: number) => Promise<HubPlace>;
  site: Site;
  host: string;
  port: number;
  trustProxy: boolean;
}

/** What goes with a socket: first what it is to be opened with, then its place in the hub. */
interface SocketData {
  begin: { opening: SocketToOpen; hub: HubPlace } | null;
  end: SocketEnd | null;
}

type Socket = ServerWebSocket<SocketData>;

/** Connections that neither side uses; streams and files on their way have none. */
const idleSeconds = 120;
/** Guards sign-up and login per address, as the edge does elsewhere. */
const edgeRate = { burst: 60, perSecond: 1 };
/** Larger frames are not even read (WS-2). */
const mostFrameBytes = 64 * 1024;

/** The whole app on one port. */
export function serve(options: ServeOptions): Server<SocketData> {
  const { ports, hubOf, site, trustProxy } = options;
  const upgraded = new WeakSet<Request>();

  const app = createApp(ports, {
    openOutlet: openDirectOutlet,
    clientAddress: (request) => addressOf(request, trustProxy),
    admit: async (address) => ports.limiter.take(`edge:${address}`, edgeRate).allowed,
    async openSocket(opening, request) {
      const hub = await hubOf(opening.person.id);
      const isOpen = server.upgrade(request, { data: { begin: { opening, hub }, end: null } });
      if (!isOpen) throw new ChatError("upgrade-required");
      upgraded.add(request);
      return new Response(null);
    },
  });

  function addressOf(request: Request, isBehindProxy: boolean): string | null {
    const forwarded = isBehindProxy ? request.headers.get("X-Forwarded-For") : null;
    const last = forwarded?.split(",").at(-1)?.trim();
    return last || (server.requestIP(request)?.address ?? null);
  }

  const server: Server<SocketData> = Bun.serve<SocketData>({
    hostname: options.host,
    port: options.port,
    idleTimeout: idleSeconds,
    development: false,
    async fetch(request) {
      const file = await site(request);
      if (file) return file;
      const response = await app.fetch(request);
      if (isStream(response)) server.timeout(request, 0);
      return upgraded.has(request) ? undefined : response;
    },
    websocket: {
      idleTimeout: idleSeconds,
      maxPayloadLength: mostFrameBytes,
      open(socket) {
        const { begin } = socket.data;
        socket.data.begin = null;
        try {
          socket.data.end = begin && begin.hub.open(begin.opening, new SocketWire(socket));
        } catch {
          // The hub was given up in the meantime; the next one knows.
          socket.close(closeCodes.goingAway);
        }
      },
      message(socket, data) {
        const { end } = socket.data;
        if (data === ping) return answerPing(socket);
        end?.receive(typeof data === "string" ? data : toBuffer(data));
      },
      close: (socket) => socket.data.end?.leave(),
    },
  });
  return server;
}

function isStream(response: Response): boolean {
  return response.headers.get("Content-Type")?.startsWith("text/event-stream") === true;
}

/** Without the hub (WS-6). */
function answerPing(socket: Socket): void {
  socket.data.end?.heard();
  transmit(socket, pong);
}

/** A class, as closures would be the larger part of what an idle socket costs. */
class SocketWire implements Wire {
  private readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  send(text: string): void {
    transmit(this.socket, text);
  }

  close(code: number): void {
    this.socket.close(code);
  }
}

/** What waits in the socket is in the hub's window too (FLOW-1); what cannot even wait was dropped. */
function transmit(socket: Socket, text: string): void {
  if (socket.sendText(text) === 0) socket.close(closeCodes.slow);
}

function toBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
