import { createHub } from "../../core/hub.ts";
import type { Ports } from "../../ports/index.ts";
import { describeFailure } from "../../usecases/describe-failure.ts";
import { createHubHost, type HubHost } from "../../usecases/host-hub.ts";
import type { LocalConnection } from "./hub-connections.ts";
import { createDoors } from "./hub-doors.ts";
import type { KeptHub } from "./hub-keeper.ts";
import type { HubAnswer, HubMethod, HubPlace } from "./hub-place.ts";

/** One user's hub in this process, with its connections and its one timer. */
export interface UserHub extends HubPlace {
  wake(): Promise<void>;
  /** Whether it can be forgotten until somebody asks for it. */
  isIdle(): boolean;
  /** Ends every connection and does nothing any more. */
  stop(code: number): void;
  /** Nobody needs it. */
  rest(): void;
}

export interface UserHubOptions {
  userId: number;
  ports: Ports;
  kept: KeptHub;
}

/** Node's timers take no more than 2³¹ ms. */
const longestTimerMs = 60 * 60_000;

export function createUserHub({ userId, ports, kept }: UserHubOptions): UserHub {
  const { clock, later, log } = ports;
  const all = new Set<LocalConnection>();
  const connections = (): LocalConnection[] => [...all].filter((each) => each.isOpen());
  const { store, gate } = kept;
  const { limits } = ports.config;
  const hub = createHub({ userId, store, connections, limits, now: clock.now() });
  const host = createHubHost({ ...ports, userId, hub });
  const alarm = createAlarm({
    clock,
    wakeAt: () => hub.wakeAt(clock.now()),
    // Whoever stops the server waits for it.
    wake: () => later(use(() => host.wake()).catch(fail)),
  });
  let busy = 0;
  let isStopped = false;

  async function use<T>(work: () => T | Promise<T>): Promise<T> {
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
      alarm.plan();
    }
  }

  /** What was under way when the hub was given up is its next owner's. */
  function fail(error: unknown): void {
    if (!isStopped) log.error("hub.failed", describeFailure(error));
  }

  return {
    ask: (method, ...args) => use(() => askHost(host, method, args)),
    kept: gate.kept,
    wake: () => use(() => host.wake()),
    ...createDoors({
      ports,
      userId,
      gate,
      all,
      hub,
      host,
      run: (work) => void use(work).catch(fail),
    }),
    isIdle: () => busy === 0 && all.size === 0 && !alarm.isSet(),
    stop(code) {
      isStopped = true;
      for (const each of all) each.cut(code);
      all.clear();
      alarm.stop();
      kept.giveUp();
    },
    rest() {
      alarm.stop();
      kept.rest();
    },
  };
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
  isSet(): boolean;
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
    isSet: () => timer !== null || isPlanning,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
