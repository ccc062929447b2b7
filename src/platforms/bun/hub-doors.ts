import type { Hub } from "../../core/hub.ts";
import type { Ports } from "../../ports/index.ts";
import { closeCodes } from "../../protocol/close-codes.ts";
import type { HubHost } from "../../usecases/host-hub.ts";
import { createSocketServer } from "../../usecases/serve-socket.ts";
import {
  createSocketConnection,
  createStreamConnection,
  type LocalConnection,
} from "./hub-connections.ts";
import type { HubPlace } from "./hub-place.ts";
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
}

/** Where connections come into a hub and leave it. */
export function createDoors(options: DoorsOptions): Pick<HubPlace, "connect" | "open"> {
  const { ports, userId, gate, hub, host, all, run } = options;
  const { now } = ports.clock;
  const sockets = createSocketServer({ ...ports, userId, hub, host });
  const place = { ...ports, userId, gate };

  function enter(connection: LocalConnection): void {
    all.add(connection);
    hub.open(connection, now());
  }

  function leave(connection: LocalConnection): void {
    run(() => {
      if (all.delete(connection)) hub.leave(connection, now());
    });
  }

  return {
    connect({ lastEventId }) {
      const { connection, near } = createStreamConnection(place, {
        leave,
        acknowledge: (from, number) => run(() => hub.acknowledge(from, number, now())),
      });
      enter(connection);
      hub.join(connection, lastEventId, now());
      run(() => undefined);
      return near;
    },
    open(opening, wire) {
      const socket = createSocketConnection(place, opening, wire);
      enter(socket);
      socket.greet();
      const waits = opening.surface === "messaging" && opening.lastEventId === null;
      if (!waits) hub.join(socket, opening.lastEventId, now());
      run(() => undefined);
      return {
        receive(data) {
          // What a client still says after it was closed is not worth the work.
          if (socket.isOpen()) run(() => sockets.receive(socket, socket.asker, data));
        },
        heard: socket.heard,
        leave() {
          socket.close(closeCodes.goingAway);
          leave(socket);
        },
      };
    },
  };
}
