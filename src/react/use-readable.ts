import { useSyncExternalStore } from "react";
import type { Readable } from "../client/readable.ts";

/** The present value; draws again whenever it changes. */
export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get, readable.get);
}
