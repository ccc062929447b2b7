import { parseCursor } from "../protocol/cursor.ts";
import type { ClientEvent, ClientEventOf } from "./client-event.ts";

/** How far this tab has come, and the way there. */
export interface EventTrail {
  begin(cursor: string | null): void;
  cursor(): string | null;
  /** Goes on to the event; false where it was here before. */
  take(event: ClientEvent): boolean;
  /** What brings another tab from there to here. */
  from(cursor: string | null): ClientEvent[];
}

type Logged = ClientEvent & { cursor: string };

const mostKept = 256;

export function createEventTrail(): EventTrail {
  let present: string | null = null;
  /** Everything after it is kept. */
  let base: string | null = null;
  let kept: Logged[] = [];
  let connected: ClientEventOf<"connected"> | null = null;

  function keep(event: Logged): void {
    kept.push(event);
    if (kept.length > mostKept) base = kept.shift()?.cursor ?? base;
  }

  function startOver(cursor: string | null): void {
    [present, base, kept] = [cursor, cursor, []];
  }

  return {
    begin: startOver,
    cursor: () => present,
    take(event) {
      const { cursor } = event;
      if (event.type === "connected") connected = event;
      if (event.type === "reset") startOver(cursor ?? present);
      if (cursor === undefined || event.type === "reset") return true;
      const isNew = present === null || isAfter(cursor, present);
      if (event.type === "ready") {
        if (present === null) startOver(cursor);
        else if (isNew) present = cursor;
        return true;
      }
      if (isNew) {
        present = cursor;
        keep({ ...event, cursor });
      }
      return isNew;
    },
    from(cursor) {
      const greeting = connected ? [connected] : [];
      if (cursor === null || cursor === present) return greeting;
      const isKept = base !== null && (cursor === base || isAfter(cursor, base));
      if (isKept) return [...greeting, ...kept.filter((event) => isAfter(event.cursor, cursor))];
      const at = present === null ? {} : { cursor: present };
      return [...greeting, { type: "reset", reason: "log-too-short", ...at }];
    },
  };
}

/** What is of another epoch is after what was known (HUB-2). */
function isAfter(one: string, other: string): boolean {
  const [left, right] = [parseCursor(one), parseCursor(other)];
  if (!left || !right || left.epoch !== right.epoch) return one !== other;
  return left.number > right.number;
}
