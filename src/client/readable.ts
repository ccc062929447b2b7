/** A value that changes and says so: what `useSyncExternalStore` takes. */
export interface Readable<T> {
  /** The same object until something changed. */
  get(): T;
  /** Answers how to stop. The listener is not called for the present value. */
  subscribe(listener: () => void): () => void;
}

export interface Writable<T> extends Readable<T> {
  /** Tells the listeners only when the value is another. */
  set(value: T): void;
}

export function createWritable<T>(initial: T): Writable<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
