import { closeCodes } from "../../src/protocol/close-codes.ts";
import { formatCursor } from "../../src/protocol/cursor.ts";
import { eventKey, readEvent } from "../../src/protocol/event.ts";
import type { Reader } from "./hub-reader.ts";
import type { HubWorld } from "./hub-world.ts";

const expectedCodes = new Set<number>([closeCodes.slow, closeCodes.replaced, closeCodes.goingAway]);

export interface Sight {
  epoch: string;
  reported: number;
  states: { headSeq: number; unreadVersion: number }[];
}

export function look({ store }: HubWorld): Sight {
  const none = { headSeq: 0, unreadVersion: 0 };
  const states = [1, 2].map((id) => store.conversation(id) ?? none);
  return { epoch: store.epoch(), reported: store.memory().reported, states };
}

/** What holds after every step. */
export function judge(
  world: HubWorld,
  { readers, before }: { readers: Reader[]; before: Sight },
): void {
  const { faults, limits } = world;
  for (const reader of readers) faults.push(...reader.take(), ...faultsOfConnection(world, reader));
  const now = look(world);
  const isSame = now.epoch === before.epoch;
  if (!isSame && !world.lossy.has(before.epoch)) faults.push("the epoch changed without need");
  const isLess = now.states.some(
    (state, index) =>
      state.headSeq < before.states[index]!.headSeq ||
      state.unreadVersion < before.states[index]!.unreadVersion,
  );
  if (isSame && (isLess || now.reported < before.reported)) faults.push("what was known is less");
  const open = world.connections.filter((each) => each.isOpen).length;
  if (open > limits.connectionsPerUser) faults.push(`${open} connections`);
  faults.push(...faultsOfLog(world));
}

function faultsOfLog({ store, lossy, limits }: HubWorld): string[] {
  const kept = store.entriesAfter(0, Infinity);
  const isRow = kept.every(({ number }, index) => number === store.oldest() + index);
  const reaches = store.oldest() + kept.length === store.head() + 1;
  const isShort = kept.length < Math.min(limits.logEvents, store.head());
  const keys = kept.map(({ number, body }) => {
    const event = readEvent(body);
    return event ? eventKey(event) : `${number}`;
  });
  return [
    ...(isRow && reaches ? [] : ["the log has holes"]),
    ...(isShort && !lossy.has(store.epoch()) ? ["the log is too short"] : []),
    ...(new Set(keys).size === keys.length ? [] : ["the log has something twice"]),
  ];
}

function faultsOfConnection(
  { store, lossy, limits }: HubWorld,
  { connection, cursor, acked }: Reader,
): string[] {
  if (!connection) return [];
  const onTheWay = connection.numbers().filter((number) => number > acked).length;
  const isBehind =
    connection.isOpen &&
    connection.position().stage === "live" &&
    cursor !== formatCursor({ epoch: store.epoch(), number: store.head() });
  const { stage, sent, epoch } = connection.position();
  const code = connection.closedWith;
  // A replay waits for its reader; only the log's own end leaves it behind.
  const isCut =
    code === closeCodes.slow &&
    stage === "replaying" &&
    epoch === store.epoch() &&
    sent + 1 >= store.oldest();
  const isExplained = code === null || expectedCodes.has(code);
  return [
    ...(onTheWay <= limits.windowEvents ? [] : [`${onTheWay} events are on the way`]),
    ...(isBehind && !lossy.has(store.epoch()) ? [`live at ${cursor} of ${store.head()}`] : []),
    ...(isCut ? [`cut off in its replay at ${sent}`] : []),
    ...(isExplained ? [] : [`closed with ${code}`]),
  ];
}
