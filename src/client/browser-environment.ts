import type { Environment } from "./environment.ts";

/** The browser's own. May be made where there is no browser, to be used once there is one. */
export function createBrowserEnvironment(): Environment {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after(milliseconds, task) {
      const timer = setTimeout(task, milliseconds);
      return () => clearTimeout(timer);
    },
    fetch: (url, init) => fetch(url, init),
    openSocket: (url) => new WebSocket(url),
    ...(typeof XMLHttpRequest === "function" && { createUpload: () => new XMLHttpRequest() }),
    get indexedDB() {
      return readOrNull(() => globalThis.indexedDB);
    },
    get locks() {
      return readOrNull(() => globalThis.navigator.locks);
    },
    openChannel:
      typeof BroadcastChannel === "function" ? (name) => new BroadcastChannel(name) : null,
    isOnline: () => globalThis.navigator?.onLine ?? true,
    isVisible: () => globalThis.document?.visibilityState !== "hidden",
    onChange: listenToPage,
  };
}

/** Where a page may keep nothing, asking already throws. */
function readOrNull<T>(read: () => T | undefined): T | null {
  try {
    return read() ?? null;
  } catch {
    return null;
  }
}

function listenToPage(listener: () => void): () => void {
  const { window, document } = globalThis;
  if (!window || !document) return () => undefined;
  const stop = new AbortController();
  const options = { signal: stop.signal };
  for (const type of ["online", "offline", "pageshow"]) {
    window.addEventListener(type, listener, options);
  }
  document.addEventListener("visibilitychange", listener, options);
  return () => stop.abort();
}
