import type { Ports } from "../../ports/index.ts";
import { closeCodes } from "../../protocol/close-codes.ts";
import { describeFailure } from "../../usecases/describe-failure.ts";
import type { Callers, LocalConnection, Reach } from "./hub-connections.ts";
import type { HubKeeper, KeptHub } from "./hub-keeper.ts";
import { hubUnavailable } from "./hub-place.ts";
import { createTimer } from "./hub-timer.ts";
import type { UserHub, UserHubOptions } from "./user-hub.ts";

/** How often all open hubs are looked at. */
const allEveryMs = 5_000;

/** The hubs of this process, every user's at most once. */
export interface HubRegistry {
  /** The hub itself; null when another process has it. */
  here(userId: number): Promise<UserHub | null>;
  /** Forgets hubs that nobody needs now; called often, as most that were opened rest soon. */
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
  const { keeper, log, clock } = options;
  const open = new Map<number, UserHub>();
  /** Those opened since all were looked at. */
  const fresh = new Set<number>();
  let allAt = 0;
  const resting = createResting(clock, (userId) => void whenAwake(userId, (hub) => hub.wake()));
  const opening = createOpening({ ...options, open, fresh, resting, reach });
  const { here } = opening;

  function reach(userId: number, call: (hub: Callers) => void): void {
    const hub = open.get(userId);
    if (hub) return call(hub.callers);
    // What is called meanwhile comes after it. Where no hub is to be had, the connection is cut.
    void whenAwake(userId, (woken) => call(woken.callers));
  }

  async function whenAwake(userId: number, work: (hub: UserHub) => unknown): Promise<void> {
    try {
      const hub = await here(userId);
      await (hub && work(hub));
    } catch (error) {
      log.error("hub.asleep", describeFailure(error));
    }
  }

  function evictOne(userId: number): void {
    const hub = open.get(userId);
    if (!hub?.isQuiet() || (hub.connections.size > 0 && !keeper.isAlone)) return;
    opening.forget(userId);
    resting.begin(userId, hub);
    hub.rest();
  }

  function clear(): void {
    for (const hub of open.values()) hub.stop(closeCodes.goingAway);
    open.clear();
    fresh.clear();
    opening.clear();
    resting.clear();
  }

  return {
    here,
    evict() {
      const areAll = clock.now() >= allAt;
      for (const userId of areAll ? open.keys() : fresh) evictOne(userId);
      if (!areAll) return;
      allAt = clock.now() + allEveryMs;
      fresh.clear();
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
  fresh: Set<number>;
  resting: Resting;
  reach: Reach;
}

/** Opens hubs, each once, however many ask for it at a time. */
function createOpening(options: OpeningOptions) {
  const { keeper, log, create, open, fresh, resting, reach } = options;
  const asked = new Map<number, Promise<UserHub | null>>();
  let isClosed = false;

  /** What cannot be had now, or is another's, is asked for again the next time. */
  async function take(userId: number): Promise<UserHub | null> {
    let hub: UserHub | null = null;
    let kept: KeptHub | null = null;
    let connections: Set<LocalConnection> | null = null;
    try {
      kept = await keeper.open(userId, (error) => giveUp(userId, error));
      connections = new Set(resting.end(userId));
      if (kept && !isClosed) hub = create({ userId, kept, connections, reach });
      if (hub) open.set(userId, hub);
      if (hub) fresh.add(userId);
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
    for (const map of [open, asked, fresh]) map.delete(userId);
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

function cutAll(connections: Iterable<LocalConnection>): void {
  for (const each of connections) each.cut(closeCodes.goingAway);
}

type Resting = ReturnType<typeof createResting>;

interface Rest {
  connections: LocalConnection[];
  /** When the hub wants to be woken, ms; Infinity for never. */
  wakeAt: number;
}

/** Looking who is to be woken, all together, happens no more often. */
const ringEveryMs = 1_000;

/** The connections of hubs that were forgotten, and when those want to be woken: one timer for all of them. */
function createResting(clock: Ports["clock"], wake: (userId: number) => void) {
  const all = new Map<number, Rest>();
  const timer = createTimer(clock, ring);

  function ring(): void {
    const now = clock.now();
    const due = [...all].flatMap(([userId, { wakeAt }]) => (wakeAt <= now ? [userId] : []));
    due.forEach(wake);
    let next = Infinity;
    for (const { wakeAt } of all.values()) if (wakeAt > now) next = Math.min(next, wakeAt);
    timer.set(Math.max(next, now + ringEveryMs));
  }

  function end(userId: number): LocalConnection[] {
    const { connections = [] } = all.get(userId) ?? {};
    all.delete(userId);
    return connections;
  }

  return {
    end,
    begin(userId: number, hub: UserHub): void {
      if (hub.connections.size === 0) return;
      const wakeAt = hub.wakeAt() ?? Infinity;
      all.set(userId, { connections: [...hub.connections], wakeAt });
      if (wakeAt < timer.at()) timer.set(wakeAt);
    },
    clear() {
      for (const userId of all.keys()) cutAll(end(userId));
      timer.set(Infinity);
    },
  };
}
