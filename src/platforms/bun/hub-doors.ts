import type { Hub } from "../../core/hub.ts";
import type { Ports } from "../../ports/index.ts";
import type { HubHost } from "../../usecases/host-hub.ts";
import { createSocketServer } from "../../usecases/serve-socket.ts";
import {
  createSocketConnection,
  createStreamConnection,
  type Callers,
  type LocalConnection,
  type Reach,
} from "./hub-connections.ts";
import { hubUnavailable, type HubPlace } from "./hub-place.ts";
import type { WriteGate } from "./write-gate.ts";

export interface DoorsOptions {
  ports: Ports;
  userId: number;
  gate: WriteGate;
  hub: Hub;
  host: HubHost;
  /** Closed ones too, until their end was noticed. */
  all: Set<LocalConnection>;
  /** Does something that nobody waits for. */
  run: (work: () => void | Promise<void>) => void;
  /** Likewise, and the hub may rest soon after. */
  runBriefly: DoorsOptions["run"];
  reach: Reach;
  /** The hub was given up, or rests: the next one is to be asked. */
  isOver: () => boolean;
}

/** Where connections come into a hub and leave it. */
export function createDoors(
  options: DoorsOptions,
): Pick<HubPlace, "connect" | "open"> & { callers: Callers } {
  const { ports, userId, gate, hub, host, all, run, runBriefly, reach } = options;
  const sockets = createSocketServer({ ...ports, userId, hub, host });
  const { clock } = ports;
  const place = { gate, userId, ports, reach };

  function enter(connection: LocalConnection): void {
    if (options.isOver()) throw hubUnavailable();
    all.add(connection);
    hub.open(connection, clock.now());
  }

  return {
    callers: {
      receive(socket, data) {
        // What a client still says after it was closed is not worth the work.
        if (socket.isOpen()) run(() => sockets.receive(socket, socket.asker, data));
      },
      acknowledge: (connection, number) =>
        run(() => hub.acknowledge(connection, number, clock.now())),
      leave: (connection) =>
        runBriefly(() => {
          if (all.delete(connection)) hub.leave(connection, clock.now());
        }),
    },
    connect({ lastEventId }) {
      const connection = createStreamConnection(place);
      enter(connection);
      hub.join(connection, lastEventId, clock.now());
      runBriefly(() => undefined);
      return connection;
    },
    open(opening, wire) {
      const socket = createSocketConnection(place, opening, wire);
      enter(socket);
      socket.greet();
      const waits = opening.surface === "messaging" && opening.lastEventId === null;
      if (!waits) hub.join(socket, opening.lastEventId, clock.now());
      runBriefly(() => undefined);
      return socket;
    },
  };
}
