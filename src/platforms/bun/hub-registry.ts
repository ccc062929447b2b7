import type { Ports } from "../../ports/index.ts";
import { closeCodes } from "../../protocol/close-codes.ts";
import { describeFailure } from "../../usecases/describe-failure.ts";
import type { LocalConnection, Reach } from "./hub-connections.ts";
import type { HubKeeper, KeptHub } from "./hub-keeper.ts";
import { hubUnavailable } from "./hub-place.ts";
import { longestTimerMs, type UserHub, type UserHubOptions } from "./user-hub.ts";

/** The hubs of this process, every user's at most once. */
export interface HubRegistry {
  /** The hub itself; null when another process has it. */
  here(userId: number): Promise<UserHub | null>;
  /** Forgets hubs that nobody needs now. */
  evict(): void;
  /** Gives every hub up; clients come back and resume. */
  clear(): void;
  /** Likewise, and has no hubs any more. */
  close(): void;
}

export interface RegistryOptions {
  keeper: HubKeeper;
  clock: Ports["clock"];
  log: Ports["log"];
  create: (made: Omit<UserHubOptions, "ports">) => UserHub;
}

export function createHubRegistry(options: RegistryOptions): HubRegistry {
  const { keeper, log } = options;
  const open = new Map<number, UserHub>();
  const resting = createResting(options.clock);
  const opening = createOpening({ ...options, open, resting, reachOf });
  const { here } = opening;

  function reachOf(userId: number): Reach {
    return (call) => {
      const hub = open.get(userId);
      if (hub) return call(hub.callers);
      // What is called meanwhile comes after it. Where no hub is to be had, the connection is cut.
      void whenAwake(userId, (woken) => call(woken.callers));
    };
  }

  async function whenAwake(userId: number, work: (hub: UserHub) => unknown): Promise<void> {
    try {
      const hub = await here(userId);
      await (hub && work(hub));
    } catch (error) {
      log.error("hub.asleep", describeFailure(error));
    }
  }

  function clear(): void {
    for (const hub of open.values()) hub.stop(closeCodes.goingAway);
    open.clear();
    opening.clear();
    resting.clear();
  }

  return {
    here,
    evict() {
      for (const [userId, hub] of open) {
        if (!hub.isQuiet() || (hub.connections.size > 0 && !keeper.isAlone)) continue;
        opening.forget(userId);
        resting.begin(userId, hub, () => void whenAwake(userId, (woken) => woken.wake()));
        hub.rest();
      }
    },
    clear,
    close() {
      opening.close();
      clear();
    },
  };
}

interface OpeningOptions extends RegistryOptions {
  open: Map<number, UserHub>;
  resting: Resting;
  reachOf: (userId: number) => Reach;
}

/** Opens hubs, each once, however many ask for it at a time. */
function createOpening({ keeper, log, create, open, resting, reachOf }: OpeningOptions) {
  const asked = new Map<number, Promise<UserHub | null>>();
  let isClosed = false;

  /** What cannot be had now, or is another's, is asked for again the next time. */
  async function take(userId: number): Promise<UserHub | null> {
    let hub: UserHub | null = null;
    let kept: KeptHub | null = null;
    let connections: Connections | null = null;
    try {
      kept = await keeper.open(userId, (error) => giveUp(userId, error));
      connections = resting.end(userId);
      if (kept && !isClosed) hub = create({ userId, kept, connections, reach: reachOf(userId) });
      if (hub) open.set(userId, hub);
      return hub;
    } finally {
      if (!hub) {
        asked.delete(userId);
        cutAll(connections ?? resting.end(userId));
        kept?.giveUp();
      }
    }
  }

  function giveUp(userId: number, error: unknown): void {
    log.error("hub.lost", { userId, ...describeFailure(error) });
    open.get(userId)?.stop(closeCodes.goingAway);
    forget(userId);
  }

  function forget(userId: number): void {
    for (const map of [open, asked]) map.delete(userId);
  }

  return {
    forget,
    here(userId: number) {
      if (isClosed) return Promise.reject(hubUnavailable());
      const hub = asked.get(userId) ?? take(userId);
      asked.set(userId, hub);
      return hub;
    },
    clear: () => asked.clear(),
    close() {
      isClosed = true;
    },
  };
}

type Connections = Set<LocalConnection>;

function cutAll(connections: Connections): void {
  for (const each of connections) each.cut(closeCodes.goingAway);
  connections.clear();
}

type Resting = ReturnType<typeof createResting>;

/** The connections of hubs that were forgotten, and when those want to be woken. */
function createResting(clock: Ports["clock"]) {
  const all = new Map<number, { connections: Connections; cancel: () => void }>();

  function end(userId: number): Connections {
    const rest = all.get(userId);
    rest?.cancel();
    all.delete(userId);
    return rest?.connections ?? new Set();
  }

  return {
    end,
    begin(userId: number, { connections, wakeAt }: UserHub, wake: () => void): void {
      if (connections.size === 0) return;
      const ms = (wakeAt() ?? Infinity) - clock.now();
      all.set(userId, { connections, cancel: clock.every(Math.min(ms, longestTimerMs), wake) });
    },
    clear() {
      for (const userId of all.keys()) cutAll(end(userId));
    },
  };
}
