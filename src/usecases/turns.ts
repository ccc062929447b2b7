type Outcome = Promise<void> | void;

/** Work of one key is done one after another; other keys do not wait for it. What need not wait is done at once. */
export type InTurn = (key: number, work: () => Outcome) => Outcome;

export function createTurns(): InTurn {
  const turns = new Map<number, Promise<void>>();

  return (key, work) => {
    const before = turns.get(key);
    const mine = before ? before.then(work) : work();
    if (!mine) return undefined;
    const last = mine
      .catch(() => undefined)
      .then(() => {
        if (turns.get(key) === last) turns.delete(key);
        return undefined;
      });
    turns.set(key, last);
    return mine;
  };
}

/** The same for each in order; at once as long as none has to wait. */
export function inOrder<Item>(items: Item[], work: (item: Item) => Outcome): Outcome {
  for (const [index, item] of items.entries()) {
    const outcome = work(item);
    if (outcome) return outcome.then(() => inOrder(items.slice(index + 1), work));
  }
  return undefined;
}
