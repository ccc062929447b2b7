import type { Environment } from "./environment.ts";

export interface SocketPulse {
  /** Something came. */
  beat(): void;
  /** Asks now, and waits less for the answer. */
  probe(): void;
  stop(): void;
}

export interface SocketPulseOptions {
  environment: Pick<Environment, "after">;
  ping(): void;
  /** Nothing came. */
  onDead(): void;
}

const everyMs = 25_000;
const patienceMs = 10_000;
const probeMs = 4_000;

/** A broken network does not end a socket: only silence tells. */
export function createSocketPulse(options: SocketPulseOptions): SocketPulse {
  const { environment, ping, onDead } = options;
  let stopNext = (): void => undefined;
  let stopWaiting = (): void => undefined;

  function ask(patience: number): void {
    ping();
    stopWaiting();
    stopWaiting = environment.after(patience, onDead);
    stopNext();
    stopNext = environment.after(everyMs, () => ask(patienceMs));
  }

  stopNext = environment.after(everyMs, () => ask(patienceMs));
  return {
    beat: () => stopWaiting(),
    probe: () => ask(probeMs),
    stop() {
      stopNext();
      stopWaiting();
    },
  };
}
