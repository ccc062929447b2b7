import type { Watched } from "../meter.ts";
import type { Surface } from "../surface.ts";

/** One message's writer and reader; nobody is in two pairs. */
export interface Pair {
  from: Person;
  to: Person;
}

export interface Person {
  id: number;
  token: string;
}

/** A running server that is measured. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly surfaces: Surface[];
  readonly watched: Watched;
  readonly filesAPerson: FilesAPerson;
  /** Somebody whom it never heard of. */
  newPerson(): Promise<Person>;
  /** How often each message of these writers is stored, by the number in its text; null where that cannot be seen. */
  stored(writerIds: number[]): Promise<Map<number, number> | null>;
  /** What is unread for this person, as each place that counts it says. */
  unread(person: Person): Promise<Record<string, number>>;
  /** What is asked for the growth of one conversation; null where that cannot be done. */
  readonly growth: GrowthAccess | null;
  /** What it has printed, as far as that can be seen. */
  output(): string;
  dispose(): Promise<void>;
}

/** Files that the server keeps open for somebody who is connected. */
export interface FilesAPerson {
  asleep: number;
  awake: number;
}

export const aSocketEach: FilesAPerson = { asleep: 1, awake: 1 };
/** An object awake has its database open, with what belongs to it. */
export const anObjectEach: FilesAPerson = { asleep: 2, awake: 5 };

export interface GrowthAccess {
  /** Stores so many messages between two known people as if they had been sent and read before. */
  fill(pair: Pair, messages: number): Promise<void>;
  /** Reads the first page of their history. */
  readHistory(pair: Pair): Promise<void>;
}
