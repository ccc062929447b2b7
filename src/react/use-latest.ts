import { useInsertionEffect, useRef, type RefObject } from "react";

/** The value of the last drawing: for listeners that must not be renewed with every drawing. */
export function useLatest<T>(value: T): Readonly<RefObject<T>> {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
