import { useSyncExternalStore } from "react";

const minute = 60_000;
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | null = null;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, minute / 2);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function read(): number {
  // Without a timer the value is as old as the last component that needed it.
  if (timer === null && Date.now() - now >= minute / 2) now = Date.now();
  return now;
}

/** Milliseconds since 1970, renewed twice a minute: for words like `5 minutes ago`. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, read);
}
