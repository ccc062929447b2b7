import { createHub, type Hub } from "../../core/hub.ts";
import type { Ports } from "../../ports/index.ts";
import { describeFailure } from "../../usecases/describe-failure.ts";
import { createHubHost, type HubHost } from "../../usecases/host-hub.ts";
import type { Callers, LocalConnection, Reach } from "./hub-connections.ts";
import { createDoors } from "./hub-doors.ts";
import type { KeptHub } from "./hub-keeper.ts";
import type { HubAnswer, HubMethod, HubPlace } from "./hub-place.ts";

/** One user's hub in this process, with its connections and its one timer. */
export interface UserHub extends HubPlace {
  callers: Callers;
  connections: Set<LocalConnection>;
  wake(): Promise<void>;
  /** Whether it can be forgotten until something happens: nothing has, for a while, and nothing will soon. */
  isQuiet(): boolean;
  /** When it wants to be woken, ms; null for never. */
  wakeAt(): number | null;
  /** Ends every connection and does nothing any more. */
  stop(code: number): void;
  /** Its connections stay as they are. */
  rest(): void;
}

export interface UserHubOptions {
  userId: number;
  ports: Ports;
  kept: KeptHub;
  /** Closed ones too, until their end was noticed; there are some already where the hub rested. */
  connections: Set<LocalConnection>;
  reach: Reach;
}

/** Node's timers take no more than 2³¹ ms. */
export const longestTimerMs = 60 * 60_000;
/** To wake costs about as much as a message: whoever writes now and then is not put to rest in between. */
const quietMs = 20_000;
/** One that only let its user in rests while what it is made of is young, and quickly freed. */
const letInMs = 100;
/** What is asked when a user comes in. */
const atEntry = new Set<HubMethod>(["redeemTicket", "listPresence", "introduce"]);

export function createUserHub(options: UserHubOptions): UserHub {
  const { userId, ports, kept, connections: all, reach } = options;
  const { clock, later, log } = ports;
  const connections = (): LocalConnection[] => [...all].filter((each) => each.isOpen());
  const { store, gate } = kept;
  const { limits } = ports.config;
  const hub = createHub({ userId, store, connections, limits, now: clock.now() });
  const host = createHubHost({ ...ports, userId, hub });
  const alarm = createAlarm({
    clock,
    wakeAt: () => hub.wakeAt(clock.now()),
    // Whoever stops the server waits for it.
    wake: () => later(useBriefly(() => host.wake()).catch(fail)),
  });
  const { use, useBriefly, isQuiet } = createUse({ clock, hub, alarm, all });
  let isStopped = false;

  /** What was under way when the hub was given up is its next owner's. */
  function fail(error: unknown): void {
    if (!isStopped) log.error("hub.failed", describeFailure(error));
  }

  // Who looked it up may not use it, and nothing else rings any more.
  if (all.size > 0) alarm.plan();

  return {
    connections: all,
    ask: (method, ...args) =>
      (atEntry.has(method) ? useBriefly : use)(() => askHost(host, method, args)),
    kept: gate.kept,
    wake: () => useBriefly(() => host.wake()),
    ...createDoors({
      ports,
      userId,
      gate,
      all,
      hub,
      host: withLongDelivery(host, use),
      reach,
      isOver: () => isStopped,
      run: (work) => void use(work).catch(fail),
      runBriefly: (work) => void useBriefly(work).catch(fail),
    }),
    isQuiet,
    wakeAt: alarm.at,
    stop(code) {
      isStopped = true;
      for (const each of all) each.cut(code);
      all.clear();
      alarm.stop();
      kept.giveUp();
    },
    rest() {
      isStopped = true;
      alarm.stop();
      for (const each of all) noteReported(each);
      kept.rest();
    },
  };
}

/** A send is answered before its own hub has taken it in. */
function withLongDelivery(host: HubHost, use: (work: () => Promise<void>) => Promise<void>) {
  return { ...host, deliver: (...args) => use(() => host.deliver(...args)) } satisfies HubHost;
}

interface UseOptions extends Pick<Ports, "clock"> {
  hub: Hub;
  alarm: Alarm;
  all: ReadonlySet<LocalConnection>;
}

/** Knows when the hub is used; after each use it may want to be woken at another time. */
function createUse({ clock, hub, alarm, all }: UseOptions) {
  let busy = 0;
  let usedAt = clock.now();
  let restAfterMs = letInMs;

  async function useBriefly<T>(work: () => T | Promise<T>): Promise<T> {
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
      usedAt = clock.now();
      alarm.plan();
    }
  }

  return {
    use<T>(work: () => T | Promise<T>): Promise<T> {
      restAfterMs = quietMs;
      return useBriefly(work);
    },
    /** For what is no sign that more will come soon. */
    useBriefly,
    isQuiet() {
      // What is to be reported is only remembered.
      if (busy > 0 || hub.report.dueAt() !== null || alarm.isPlanning()) return false;
      const at = alarm.at();
      if (all.size === 0 && at !== null) return false;
      const now = clock.now();
      return now - usedAt >= restAfterMs && (at ?? Infinity) - now >= quietMs;
    },
  };
}

/** Everything that arrived is reported when a hub rests: the next one need not do so again. */
function noteReported(connection: LocalConnection): void {
  const { acked, sent } = connection.flow();
  const position = connection.position();
  const from = position.acknowledges ? acked : sent;
  if (position.stage === "live" && from > position.from)
    connection.savePosition({ ...position, from });
}

/** The table of methods is the host itself. */
function askHost<Method extends HubMethod>(
  host: HubHost,
  method: Method,
  args: Parameters<HubHost[Method]>,
): Promise<HubAnswer<Method>> {
  const call = host[method] as (...given: typeof args) => HubAnswer<Method>;
  return Promise.resolve(call(...args));
}

interface AlarmOptions extends Pick<Ports, "clock"> {
  wakeAt: () => number | null;
  wake: () => void;
}

interface Alarm {
  /** Looks, once in this turn, when the hub wants to be woken. */
  plan(): void;
  isPlanning(): boolean;
  /** When it will ring, ms. */
  at(): number | null;
  stop(): void;
}

function createAlarm({ wakeAt, wake, clock }: AlarmOptions): Alarm {
  let timer: { at: number; cancel: () => void } | null = null;
  let isPlanning = false;
  let isStopped = false;

  function cancel(): void {
    timer?.cancel();
    timer = null;
  }

  function set(): void {
    isPlanning = false;
    if (isStopped) return;
    const at = wakeAt();
    if (at === timer?.at) return;
    cancel();
    if (at === null) return;
    const ms = Math.min(Math.max(0, at - clock.now()), longestTimerMs);
    timer = { at, cancel: clock.every(ms, ring) };
  }

  function ring(): void {
    cancel();
    wake();
  }

  return {
    plan() {
      if (isPlanning || isStopped) return;
      isPlanning = true;
      setImmediate(set);
    },
    isPlanning: () => isPlanning,
    at: () => timer?.at ?? null,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
