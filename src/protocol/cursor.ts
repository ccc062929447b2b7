/** A place in one hub's log; `epoch` changes when the log was lost (HUB-2). */
export interface Cursor {
  epoch: string;
  number: number;
}

/** An epoch that no log had before. */
export function createEpoch(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 12);
}

export function formatCursor(cursor: Cursor): string {
  return `${cursor.epoch}-${cursor.number}`;
}

/** Reads what a client presents as its last event id; null when it is none of ours. */
export function parseCursor(text: string): Cursor | null {
  const match = /^([a-z0-9]{1,32})-(0|[1-9][0-9]{0,14})$/.exec(text);
  return match ? { epoch: match[1]!, number: Number(match[2]) } : null;
}
