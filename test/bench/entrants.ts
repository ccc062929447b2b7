import type { BenchOptions } from "./options.ts";
import { reachParley, startParley } from "./targets/parley.ts";
import { startPeer } from "./targets/peer.ts";
import { startRelay } from "./targets/relay.ts";
import type { Target } from "./targets/target.ts";

/** What takes part: how it is started, and by which ways it is measured. */
export interface Entrant {
  surfaces: string[];
  start(): Promise<Target>;
}

export function entrantsOf({ targets, surfaces, running }: BenchOptions): Entrant[] {
  if (running !== null) {
    const authSecret = process.env["AUTH_SECRET"];
    if (!authSecret) throw new Error("AUTH_SECRET must be what the running Parley has");
    const databaseUrl = process.env["DATABASE_URL"] || null;
    const reached = { ...running, authSecret, databaseUrl };
    return [{ surfaces, start: () => reachParley(reached) }];
  }
  return targets.map((name) => {
    switch (name) {
      case "socketio":
        return { surfaces: ["socket.io"], start: startPeer };
      case "relay":
        return { surfaces: ["ws"], start: startRelay };
      default:
        return { surfaces, start: () => startParley(name) };
    }
  });
}
