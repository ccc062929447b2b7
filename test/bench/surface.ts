/** What came of the messages of one measurement, told by the number that each carries in its text. */
export interface LineEvents {
  acknowledged(index: number): void;
  delivered(index: number): void;
  /** Explicitly not taken; the code of the error. */
  refused(index: number, code: string): void;
  /** By the server. */
  closed(why: string): void;
}

/** Somebody's open connection. */
export interface Line {
  /** Writes message number `index` to that person. */
  send(index: number, to: number): void;
  close(): void;
}

export interface Passenger {
  id: number;
  token: string;
  /** Messages that this person wrote come back to their other windows too: that is no delivery. */
  role: "sender" | "receiver";
}

/** One way to send and to listen. */
export interface Surface {
  readonly name: "ws" | "sse" | "socket.io";
  open(url: string, passenger: Passenger, events: LineEvents): Promise<Line>;
}

/** 64 bytes that JSON leaves as they are. Nothing else on the wire holds this sign. */
const sign = "#";
const filler = "the quick brown fox jumps over the lazy dog and naps";

export function textOf(index: number): string {
  return `${sign}${String(index).padStart(10, "0")}${sign}${filler}`;
}

/** The number in the first text; -1 where there is none. */
export function indexInBytes(payload: Buffer): number {
  const at = payload.indexOf(sign);
  if (at < 0) return -1;
  let index = 0;
  for (let place = at + 1; place <= at + 10; place += 1) index = index * 10 + payload[place]! - 48;
  return index;
}

export function indexInText(text: string): number {
  const at = text.indexOf(sign);
  return at < 0 ? -1 : Number(text.slice(at + 1, at + 11));
}
