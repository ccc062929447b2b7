import { createHash } from "node:crypto";

/** Chance that is the same in every run with the same seed. */
export interface Dice {
  /** From 0 up to 1. */
  random(): number;
  /** A whole number from 0 up to `sides`. */
  roll(sides: number): number;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

/** `name` makes rows independent of each other: leaving one out changes no other. */
export function createDice(seed: number, name: string): Dice {
  let state = createHash("sha256").update(`${seed} ${name}`).digest().readUInt32LE(0);
  const random = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number): number => Math.floor(random() * sides);
  return {
    random,
    roll,
    pick(items) {
      const item = items[roll(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    shuffle(items) {
      return items
        .map((item) => ({ item, rank: random() }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ item }) => item);
    },
  };
}
