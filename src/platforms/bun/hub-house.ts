import type { Ports } from "../../ports/index.ts";
import type { UserHubs } from "../../ports/user-hub.ts";
import { closeCodes } from "../../protocol/close-codes.ts";
import { ChatError } from "../../protocol/error.ts";
import { describeFailure } from "../../usecases/describe-failure.ts";
import type { HubKeeper, KeptHub } from "./hub-keeper.ts";
import type { HubPlace } from "./hub-place.ts";
import { createUserHub, type UserHub } from "./user-hub.ts";
import { createUserHubs } from "./user-hubs.ts";

/** The hubs of this process, by user id, and the way to those of others. */
export interface HubHouse {
  ports: Ports;
  /** The hub itself; null when another process has it. */
  here(userId: number): Promise<UserHub | null>;
  /** The user's hub, wherever it is. */
  hubOf(userId: number): Promise<HubPlace>;
  /** Takes up what was going on when a process ended. */
  resume(): Promise<void>;
  /** Forgets hubs that nobody needs now. */
  evict(): void;
  /** Gives every hub up; clients come back and resume. */
  clear(): void;
  /** Likewise, and has no hubs any more. */
  close(): void;
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
const unavailable = (): ChatError => new ChatError("hub-unavailable", { retryAfterMs: 2_000 });

export function createHubHouse({ portsWith, elsewhere, ...options }: HubHouseOptions): HubHouse {
  const ports = portsWith(createUserHubs({ hubOf, clock: options.clock }));
  const create = (userId: number, kept: KeptHub): UserHub => createUserHub({ userId, ports, kept });
  const { here, evict, clear, close } = createRegistry({ ...options, create });

  async function hubOf(userId: number): Promise<HubPlace> {
    const place = (await here(userId)) ?? (await elsewhere?.(userId));
    if (!place) throw unavailable();
    return place;
  }

  return {
    ports,
    here,
    hubOf,
    async resume() {
      const userIds = await options.keeper.unsettled();
      for (let start = 0; start < userIds.length; start += mostAtOnce) {
        const some = userIds.slice(start, start + mostAtOnce);
        await Promise.allSettled(some.map(async (userId) => (await here(userId))?.wake()));
      }
    },
    evict,
    clear,
    close,
  };
}

interface RegistryOptions {
  keeper: HubKeeper;
  log: Ports["log"];
  create: (userId: number, kept: KeptHub) => UserHub;
}

/** Every user's hub at most once. */
function createRegistry({
  keeper,
  log,
  create,
}: RegistryOptions): Pick<HubHouse, "here" | "evict" | "clear" | "close"> {
  const opening = new Map<number, Promise<UserHub | null>>();
  const open = new Map<number, UserHub>();
  let isClosed = false;

  /** What cannot be had now, or is another's, is asked for again the next time. */
  async function take(userId: number): Promise<UserHub | null> {
    let hub: UserHub | null = null;
    try {
      const kept = await keeper.open(userId, (error) => giveUp(userId, error));
      if (isClosed) kept?.giveUp();
      else if (kept) hub = create(userId, kept);
      if (hub) open.set(userId, hub);
      return hub;
    } finally {
      if (!hub) opening.delete(userId);
    }
  }

  function giveUp(userId: number, error: unknown): void {
    log.error("hub.lost", { userId, ...describeFailure(error) });
    open.get(userId)?.stop(closeCodes.goingAway);
    forget(userId);
  }

  function forget(userId: number): void {
    for (const map of [open, opening]) map.delete(userId);
  }

  function clear(): void {
    for (const hub of open.values()) hub.stop(closeCodes.goingAway);
    open.clear();
    opening.clear();
  }

  return {
    here(userId) {
      if (isClosed) return Promise.reject(unavailable());
      const hub = opening.get(userId) ?? take(userId);
      opening.set(userId, hub);
      return hub;
    },
    evict() {
      for (const [userId, hub] of open) {
        if (!hub.isIdle()) continue;
        hub.rest();
        forget(userId);
      }
    },
    clear,
    close() {
      isClosed = true;
      clear();
    },
  };
}
