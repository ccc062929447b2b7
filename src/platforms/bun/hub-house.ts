import type { Ports } from "../../ports/index.ts";
import type { UserHubs } from "../../ports/user-hub.ts";
import type { HubKeeper } from "./hub-keeper.ts";
import { hubUnavailable, type HubPlace } from "./hub-place.ts";
import { createHubRegistry, type HubRegistry } from "./hub-registry.ts";
import { createUserHub } from "./user-hub.ts";
import { createUserHubs } from "./user-hubs.ts";

/** The hubs of this process, by user id, and the way to those of others. */
export interface HubHouse extends HubRegistry {
  ports: Ports;
  /** The user's hub, wherever it is. */
  hubOf(userId: number): Promise<HubPlace>;
  /** Takes up what was going on when a process ended. */
  resume(): Promise<void>;
}

export interface HubHouseOptions {
  keeper: HubKeeper;
  /** A hub that another process has. */
  elsewhere?: (userId: number) => Promise<HubPlace>;
  clock: Ports["clock"];
  log: Ports["log"];
  /** Everything but the hubs themselves. */
  portsWith: (hubs: UserHubs) => Ports;
}

/** Hubs that are taken up at the same time. */
const mostAtOnce = 50;

export function createHubHouse({ portsWith, elsewhere, ...options }: HubHouseOptions): HubHouse {
  const ports = portsWith(createUserHubs({ hubOf, clock: options.clock }));
  const registry = createHubRegistry({
    ...options,
    create: (made) => createUserHub({ ports, ...made }),
  });
  const { here } = registry;

  async function hubOf(userId: number): Promise<HubPlace> {
    const place = (await here(userId)) ?? (await elsewhere?.(userId));
    if (!place) throw hubUnavailable();
    return place;
  }

  return {
    ...registry,
    ports,
    hubOf,
    async resume() {
      const userIds = await options.keeper.unsettled();
      for (let start = 0; start < userIds.length; start += mostAtOnce) {
        const some = userIds.slice(start, start + mostAtOnce);
        await Promise.allSettled(some.map(async (userId) => (await here(userId))?.wake()));
      }
    },
  };
}
