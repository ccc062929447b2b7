export type Work = () => Promise<void> | void;

/** Work of one owner is done one after another, in the order in which it came; at once where nothing waits. */
export interface Lanes {
  enter(owner: object, work: Work): Promise<void>;
  waiting(owner: object): number;
}

interface Lane {
  last: Promise<void>;
  waiting: number;
}

export function createLanes(): Lanes {
  const lanes = new WeakMap<object, Lane>();

  function laneOf(owner: object): Lane {
    const known = lanes.get(owner);
    if (known) return known;
    const lane = { last: Promise.resolve(), waiting: 0 };
    lanes.set(owner, lane);
    return lane;
  }

  async function take(lane: Lane, work: Work): Promise<void> {
    const before = lane.waiting > 0 ? lane.last : null;
    const { promise, resolve } = Promise.withResolvers<void>();
    lane.last = promise;
    lane.waiting += 1;
    try {
      if (before) await before;
      await work();
    } finally {
      lane.waiting -= 1;
      resolve();
    }
  }

  return {
    enter: (owner, work) => take(laneOf(owner), work),
    waiting: (owner) => lanes.get(owner)?.waiting ?? 0,
  };
}
