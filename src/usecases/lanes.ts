export type Work = () => Promise<void> | void;

/** Work of one owner is done one after another, in the order in which it came. */
export interface Lanes {
  enter(owner: object, work: Work): Promise<void>;
  waiting(owner: object): number;
}

export function createLanes(): Lanes {
  const lanes = new WeakMap<object, { last: Promise<void>; waiting: number }>();

  return {
    async enter(owner, work) {
      const lane = lanes.get(owner) ?? { last: Promise.resolve(), waiting: 0 };
      lanes.set(owner, lane);
      lane.waiting += 1;
      const mine = lane.last.then(work);
      lane.last = mine.catch(() => undefined);
      try {
        await mine;
      } finally {
        lane.waiting -= 1;
      }
    },
    waiting: (owner) => lanes.get(owner)?.waiting ?? 0,
  };
}
