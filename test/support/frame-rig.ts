import type { Ports } from "../../src/ports/index.ts";
import type { Person } from "../../src/protocol/person.ts";
import { createHubHost } from "../../src/usecases/host-hub.ts";
import { createSocketServer, type SocketConnection } from "../../src/usecases/serve-socket.ts";
import type { FakeConnection } from "./fake-connection.ts";
import { createHubRig } from "./hub-rig.ts";

export type Said = Record<string, unknown>;

/** One socket of someone's, ended in a hub of theirs over the given ports. */
export interface FrameRig {
  connection: FakeConnection & SocketConnection;
  /** Everything that was answered. */
  said: Said[];
  /** Sends a frame and answers what was said to it. */
  ask(frame: object | string): Promise<Said[]>;
}

/** Like a client of /ws/chat/ that never acknowledges: what a test sends beside it closes nothing. */
const patient = { acknowledges: false };

export function createFrameRig(ports: Ports, person: Person): FrameRig {
  const { hub, join } = createHubRig({ userId: person.id });
  const place = { ...ports, userId: person.id, hub };
  const server = createSocketServer({ ...place, host: createHubHost(place) });
  const said: Said[] = [];
  const connection: FrameRig["connection"] = Object.assign(join(null, patient), {
    say(frame: object): number {
      if (connection.isOpen) said.push(frame as Said);
      return JSON.stringify(frame).length;
    },
  });
  const asker = { person, linkTo: () => "" };
  return {
    connection,
    said,
    async ask(frame) {
      const before = said.length;
      const text = typeof frame === "string" ? frame : JSON.stringify(frame);
      await server.receive(connection, asker, text);
      return said.slice(before);
    },
  };
}
