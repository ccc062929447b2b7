import type { SocketToOpen } from "../../http/env.ts";
import type { ConnectOptions, HubConnection } from "../../ports/user-hub.ts";
import { ChatError } from "../../protocol/error.ts";
import type { HubHost } from "../../usecases/host-hub.ts";

/** What may be asked of a hub from elsewhere. */
export type HubMethod = Exclude<keyof HubHost, "wake">;

export type HubAnswer<Method extends HubMethod> = Awaited<ReturnType<HubHost[Method]>>;

/** Where a socket's frames go. */
export interface Wire {
  send(text: string): void;
  close(code: number): void;
}

/** A client's socket, as the place sees it where the socket ends. */
export interface SocketEnd {
  /** The client said something. */
  receive(data: string | ArrayBuffer): void;
  /** The client pinged. */
  heard(): void;
  /** The socket is closed, whoever closed it. */
  leave(): void;
}

/** A user's hub, in this process or in another. */
export interface HubPlace {
  ask<Method extends HubMethod>(
    method: Method,
    ...args: Parameters<HubHost[Method]>
  ): Promise<HubAnswer<Method>>;
  /** Settles once everything that it was told so far is kept. */
  kept(): Promise<void>;
  connect(options: ConnectOptions): HubConnection;
  open(opening: SocketToOpen, wire: Wire): SocketEnd;
}

export function hubUnavailable(): ChatError {
  return new ChatError("hub-unavailable", { retryAfterMs: 2_000 });
}
