/** Something that waits to be done together with others. */
export interface Gathered {
  /** Of those with the same key only one is under way, in the order in which they came. */
  readonly key: string;
  /** It is to carry out what can be done now: itself, and whatever it takes along. Said once, never twice. */
  lead(): void;
}

export interface GatheringRule {
  /** Done together. */
  most: number;
  /** Such groups under way. */
  atOnce: number;
}

/**
 * Who does what together. Each group is led by one of its own, so that on platforms where work belongs to a request, a
 * group's work ends with one of those who wait for it.
 */
export interface Gathering<T extends Gathered> {
  enter(each: T, now: number): void;
  /** It waits no longer, unless it was taken along already. */
  leave(each: T): void;
  /** The leader and those that go along, at the moment when it begins. */
  take(leader: T, now: number): T[];
  /** The leader's group is done with, one way or another. */
  done(leader: T, now: number): void;
}

/** A leader that was broken off by its platform never says so: it begins at once or never, and has given up by then. */
const [beginsWithinMs, forgetAfterMs] = [250, 3_000];

interface Group {
  since: number;
  /** 0 until it begins: whoever comes is taken along. */
  size: number;
  keys: Set<string>;
}

export function createGathering<T extends Gathered>({ most, atOnce }: GatheringRule): Gathering<T> {
  let waiting: T[] = [];
  const groups = new Map<T, Group>();

  const isFree = (key: string): boolean => !groups.values().some(({ keys }) => keys.has(key));

  function forgetLost(now: number): void {
    for (const [leader, { since, size }] of groups)
      if (now - since >= (size === 0 ? beginsWithinMs : forgetAfterMs)) groups.delete(leader);
  }

  /** Beside a large group a small one would leave the next ones small, too. */
  function isWorthwhile(): boolean {
    return groups.values().every(({ size }) => size > 0 && waiting.length * 2 >= size);
  }

  function begin(now: number): void {
    forgetLost(now);
    if (groups.size >= atOnce || !isWorthwhile()) return;
    const leader = waiting.find(({ key }) => isFree(key));
    if (!leader) return;
    waiting = waiting.filter((each) => each !== leader);
    groups.set(leader, { since: now, size: 0, keys: keysOf([leader]) });
    leader.lead();
  }

  return {
    enter(each, now) {
      waiting.push(each);
      begin(now);
    },
    leave(each) {
      waiting = waiting.filter((other) => other !== each);
    },
    take(leader, now) {
      const keys = keysOf([leader]);
      const group = { since: now, size: 1, keys };
      groups.set(leader, group);
      const [taken, left]: [T[], T[]] = [[leader], []];
      for (const each of waiting) {
        const fits = taken.length < most && isFree(each.key);
        if (fits) keys.add(each.key);
        (fits ? taken : left).push(each);
      }
      waiting = left;
      group.size = taken.length;
      begin(now);
      return taken;
    },
    done(leader, now) {
      groups.delete(leader);
      begin(now);
    },
  };
}

function keysOf(gathered: Gathered[]): Set<string> {
  return new Set(gathered.map(({ key }) => key));
}
