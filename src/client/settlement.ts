/** A promise with what decides it. */
export interface Settlement<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
}

/** Browsers of 2023 have no `Promise.withResolvers`. */
export function createSettlement<T>(): Settlement<T> {
  const parts: Partial<Settlement<T>> = {};
  const promise = new Promise<T>((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return { ...parts, promise } as Settlement<T>;
}
