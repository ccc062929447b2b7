/** Work of one key is done one after another; other keys do not wait for it. */
export type InTurn = (key: number, work: () => Promise<void>) => Promise<void>;

export function createTurns(): InTurn {
  const turns = new Map<number, Promise<void>>();

  return (key, work) => {
    const mine = (turns.get(key) ?? Promise.resolve()).then(work);
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
