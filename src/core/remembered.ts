/** A hub's rows by their id, read once: while it is open nobody else writes them. */
export interface Remembered<Value> {
  get(id: number): Value | null;
  set(id: number, value: Value): void;
  clear(): void;
}

/** `most`: beyond so many, reading begins anew. */
export function createRemembered<Value>(
  most: number,
  read: (id: number) => Value | null,
): Remembered<Value> {
  const values = new Map<number, Value>();

  function set(id: number, value: Value): void {
    if (values.size >= most) values.clear();
    values.set(id, value);
  }

  return {
    set,
    clear: () => values.clear(),
    get(id) {
      const known = values.get(id);
      if (known !== undefined) return known;
      const value = read(id);
      if (value !== null) set(id, value);
      return value;
    },
  };
}
