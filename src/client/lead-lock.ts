import type { Writable } from "./readable.ts";

/** The one lock of all tabs; whoever has it leads. */
export interface LeadLock {
  /** Takes it from a tab that has it and does nothing. */
  steal(): void;
  release(): void;
}

/** Waits for its turn at once, and again when the lock was taken away. */
export function waitForLead(locks: LockManager, name: string, leads: Writable<boolean>): LeadLock {
  let isOver = false;
  let waiting = new AbortController();
  let letGo = (): void => undefined;

  function lead(): Promise<void> {
    if (isOver) return Promise.resolve();
    leads.set(true);
    return new Promise((resolve) => {
      letGo = resolve;
    });
  }

  async function request(options: LockOptions): Promise<void> {
    try {
      await locks.request(name, options, lead);
    } catch {
      if (isOver || options.signal?.aborted) return;
      // Some pages have locks that they may not take.
      if (!leads.get()) return leads.set(true);
      leads.set(false);
      wait();
    }
  }

  function wait(): void {
    waiting = new AbortController();
    void request({ signal: waiting.signal });
  }

  wait();
  return {
    steal() {
      waiting.abort();
      void request({ steal: true });
    },
    release() {
      isOver = true;
      waiting.abort();
      letGo();
      leads.set(false);
    },
  };
}
