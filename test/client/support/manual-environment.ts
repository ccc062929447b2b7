import type { Environment } from "../../../src/client/environment.ts";
import { createFakeSocket, type FakeSocket } from "./fake-socket.ts";

export interface ManualEnvironment extends Environment {
  /** Moves the time on in steps, from one timer to the next, and lets each consequence happen. */
  advance(milliseconds: number): Promise<void>;
  /** Lets everything happen that waits for no time. */
  settle(): Promise<void>;
  setOnline(isOnline: boolean): void;
  setVisible(isVisible: boolean): void;
  /** Each socket that was opened, in order. */
  readonly sockets: FakeSocket[];
}

export type Fetch = Environment["fetch"];

export interface ManualEnvironmentOptions extends Partial<Pick<Environment, "locks">> {
  fetch?: Fetch;
  openChannel?: Environment["openChannel"];
  random?: () => number;
}

/** A page whose time stands still until the test moves it, and whose sockets are in the test's hands. */
export function createManualEnvironment(options: ManualEnvironmentOptions = {}): ManualEnvironment {
  const { locks = null, openChannel = null, random = () => 0.5 } = options;
  const refuse: Fetch = () => Promise.reject(new TypeError("There is no network"));
  const { fetch = refuse } = options;
  let now = Date.UTC(2026, 0, 9);
  let [isOnline, isVisible] = [true, true];
  const timers = new Set<{ at: number; task: () => void }>();
  const listeners = new Set<() => void>();
  const sockets: FakeSocket[] = [];

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  function change(): void {
    for (const listener of listeners) listener();
  }

  return {
    now: () => now,
    random,
    after(milliseconds, task) {
      const timer = { at: now + milliseconds, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    fetch,
    openSocket(url) {
      const socket = createFakeSocket(url);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    indexedDB: null,
    locks,
    openChannel,
    isOnline: () => isOnline,
    isVisible: () => isVisible,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settle();
      for (;;) {
        const [next] = [...timers].toSorted((one, other) => one.at - other.at);
        if (!next || next.at > until) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.task();
        await settle();
      }
      now = until;
    },
    settle,
    setOnline(value) {
      isOnline = value;
      change();
    },
    setVisible(value) {
      isVisible = value;
      change();
    },
    sockets,
  };
}
