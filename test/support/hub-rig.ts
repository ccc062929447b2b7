import { createMemoryHubStore } from "../../src/adapters/memory/hub-store.ts";
import type { HubStore } from "../../src/core/hub-store.ts";
import { createHub, type Hub } from "../../src/core/hub.ts";
import { defaultLimits, type Limits } from "../../src/protocol/limits.ts";
import {
  createFakeConnection,
  type ConnectionChange,
  type FakeConnection,
} from "./fake-connection.ts";

export interface HubRig {
  hub: Hub;
  store: HubStore;
  now: number;
  connections: FakeConnection[];
  join(lastEventId?: string | null, change?: ConnectionChange): FakeConnection;
  leave(connection: FakeConnection): void;
  /** The hub forgets what is only in memory, as in hibernation; store and connections stay. */
  sleep(): void;
}

export interface RigOptions {
  userId?: number;
  limits?: Partial<Limits>;
}

export const start = Date.UTC(2026, 0, 9, 10, 0, 0);

/** One hub over a store in memory, with a clock that the test moves. */
export function createHubRig({ userId = 2, limits = {} }: RigOptions = {}): HubRig {
  const store = createMemoryHubStore("epoch1", start);
  const connections: FakeConnection[] = [];
  const options = {
    userId,
    store,
    limits: { ...defaultLimits, ...limits },
    connections: () => connections.filter((each) => each.isOpen),
  };
  let count = 0;

  const rig: HubRig = {
    hub: createHub({ ...options, now: start }),
    store,
    now: start,
    connections,
    join(lastEventId = null, change = {}) {
      count += 1;
      const connection = createFakeConnection(`c${count}`, rig.now, change);
      connections.push(connection);
      rig.hub.open(connection, rig.now);
      rig.hub.join(connection, lastEventId, rig.now);
      return connection;
    },
    leave(connection) {
      connection.isOpen = false;
      rig.hub.leave(connection, rig.now);
    },
    sleep() {
      rig.hub = createHub({ ...options, now: rig.now });
    },
  };
  return rig;
}
