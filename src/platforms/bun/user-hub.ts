import { createHub } from "../../core/hub.ts";
import type { Ports } from "../../ports/index.ts";
import { describeFailure } from "../../usecases/describe-failure.ts";
import { createHubHost, type HubHost } from "../../usecases/host-hub.ts";
import type { Callers, LocalConnection, Reach } from "./hub-connections.ts";
import { createDoors } from "./hub-doors.ts";
import type { KeptHub } from "./hub-keeper.ts";
import type { HubAnswer, HubMethod, HubPlace } from "./hub-place.ts";
import { createAlarm, createUse } from "./hub-use.ts";

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

/** What is asked when a user comes in. */
const atEntry = new Set<HubMethod>(["redeemTicket", "listPresence", "introduce"]);

export function createUserHub(options: UserHubOptions): UserHub {
  const { userId, ports, kept, connections: all, reach } = options;
  const { clock, later, log } = ports;
  const connections = (): LocalConnection[] => openOf(all);
  const { store, gate } = kept;
  const { limits } = ports.config;
  const hub = createHub({ userId, store, connections, limits, now: clock.now() });
  const host = createHubHost({ ...ports, userId, hub });
  const alarm = createAlarm({
    clock,
    wakeAt: () => hub.wakeAt(clock.now()),
    // Whoever stops the server waits for it.
    wake: () => later(runBriefly(() => host.wake())),
  });
  const { use, useBriefly, run, runBriefly, isQuiet } = createUse({ clock, hub, alarm, all, fail });
  let isStopped = false;

  /** What was under way when the hub was given up is its next owner's. */
  function fail(error: unknown): void {
    if (!isStopped) log.error("hub.failed", describeFailure(error));
  }

  // Who looked it up may not use it, and nothing else rings any more.
  if (all.size > 0) alarm.plan();

  return {
    connections: all,
    ask: createAsk(host, { use, useBriefly }),
    kept: gate.kept,
    wake: async () => useBriefly(() => host.wake()),
    ...createDoors({
      ports,
      userId,
      gate,
      all,
      hub,
      host: withLongDelivery(host, use),
      reach,
      isOver: () => isStopped,
      run: (work) => void run(work),
      runBriefly: (work) => void runBriefly(work),
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

function openOf(all: Iterable<LocalConnection>): LocalConnection[] {
  const open: LocalConnection[] = [];
  for (const each of all) if (each.isOpen()) open.push(each);
  return open;
}

type Delivery = ReturnType<HubHost["deliver"]>;

/** A send is answered before its own hub has taken it in. */
function withLongDelivery(host: HubHost, use: (work: () => Delivery) => Delivery): HubHost {
  return { ...host, deliver: (...args) => use(() => host.deliver(...args)) };
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
function createAsk(
  host: HubHost,
  { use, useBriefly }: Pick<ReturnType<typeof createUse>, "use" | "useBriefly">,
): HubPlace["ask"] {
  return async <Method extends HubMethod>(method: Method, ...args: Parameters<HubHost[Method]>) => {
    type Answer = HubAnswer<Method> | Promise<HubAnswer<Method>>;
    const call = host[method] as (...given: typeof args) => Answer;
    const via = atEntry.has(method) ? useBriefly : use;
    return via<HubAnswer<Method>>(() => call(...args));
  };
}
