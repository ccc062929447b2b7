import type { Session } from "../usecases/authenticate.ts";
import type { StreamOwner } from "../usecases/open-stream.ts";
import type { OpenOutlet } from "./outlet.ts";

declare module "hono" {
  interface ContextVariableMap {
    requestId: string;
    /** Who is asking; only on routes behind `signedIn`. */
    session: Session;
  }
}

/** A socket whose owner is known, on its way to that owner's hub. */
export interface SocketToOpen extends StreamOwner {
  surface: "chat" | "messaging";
  /** Where clients reach this server, for links to files. */
  base: string;
  lastEventId: string | null;
}

export interface AppOptions {
  /** Hands a WebSocket over to its owner's hub and answers the handshake; without it there are no socket addresses. */
  openSocket?: (socket: SocketToOpen, request: Request) => Promise<Response>;
  /** Opens the body of a stream, where the platform has a cheaper one than the usual. */
  openOutlet?: OpenOutlet;
  /** Where a request comes from, as the platform knows it; headers that a client can set do not count. */
  clientAddress?: (request: Request) => string | null;
  /** Whether the platform's own guard lets one more attempt from this address pass; asked where guessing would pay. */
  admit?: (address: string) => Promise<boolean>;
}
