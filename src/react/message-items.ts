import type { MessageRow } from "../client/message-row.ts";
import type { ThreadState } from "../client/thread.ts";
import type { Format } from "./format.ts";

/** One line of the list. */
export type MessageItem =
  | { type: "beginning"; key: string }
  | { type: "day"; key: string; timestamp: string }
  | { type: "unread"; key: string }
  /** `first` and `last` of what one person wrote in a row. */
  | { type: "message"; key: string; row: MessageRow; first: boolean; last: boolean }
  /** Below the newest message. */
  | { type: "end"; key: string };

/** Messages further apart do not belong together. */
const groupMs = 5 * 60_000;

type Shown = Pick<ThreadState, "messages" | "firstUnread" | "hasOlder">;

interface Place {
  day: string;
  time: number;
}

/** Reads each message's time once, however often the list is built again. */
export function createPlaces(format: Format): (row: MessageRow) => Place {
  const known = new WeakMap<MessageRow, Place>();
  return (row) => {
    let place = known.get(row);
    if (!place) {
      place = { day: format.dayKey(row.timestamp), time: Date.parse(row.timestamp) };
      known.set(row, place);
    }
    return place;
  };
}

/** The list's lines: messages under their days, with the mark before the first unread one. */
export function createItems(shown: Shown, placeOf: (row: MessageRow) => Place): MessageItem[] {
  const { messages, firstUnread, hasOlder } = shown;
  const items: MessageItem[] = [];
  if (!hasOlder) items.push({ type: "beginning", key: "beginning" });
  let previous: MessageRow | null = null;
  let group: Extract<MessageItem, { type: "message" }> | null = null;
  for (const row of messages) {
    const { day, time } = placeOf(row);
    const before = previous && placeOf(previous);
    if (before?.day !== day) {
      items.push({ type: "day", key: `day ${row.key}`, timestamp: row.timestamp });
      group = null;
    }
    if (row.key === firstUnread) {
      items.push({ type: "unread", key: "unread" });
      group = null;
    }
    const joins: boolean =
      group !== null &&
      before !== null &&
      previous?.mine === row.mine &&
      time - before.time < groupMs;
    if (joins && group) group.last = false;
    group = { type: "message", key: row.key, row, first: !joins, last: true };
    items.push(group);
    previous = row;
  }
  items.push({ type: "end", key: "end" });
  return items;
}

/** How many lines came in above what was shown before: the list keeps its place by it. */
export function countPrepended(
  before: readonly MessageItem[],
  after: readonly MessageItem[],
): number {
  const index = before.findIndex(({ type }) => type === "message");
  const anchor = before[index];
  if (!anchor || after[index]?.key === anchor.key) return 0;
  const moved = after.findIndex(({ key }) => key === anchor.key);
  return Math.max(0, moved - index);
}
