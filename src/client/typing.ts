import type { Environment } from "./environment.ts";

/** Typing is for the client to let expire (TYPE-1). */
const expiresAfterMs = 5_000;
const idleAfterMs = 3_000;

/** Who is typing to the viewer right now. */
export interface Typists {
  has(userId: number): boolean;
  set(userId: number, isTyping: boolean): void;
  clear(): void;
}

export function createTypists(
  environment: Pick<Environment, "after">,
  onChange: (userId: number, isTyping: boolean) => void,
): Typists {
  const expiries = new Map<number, () => void>();

  function set(userId: number, isTyping: boolean): void {
    const cancel = expiries.get(userId);
    cancel?.();
    expiries.delete(userId);
    if (isTyping) {
      expiries.set(
        userId,
        environment.after(expiresAfterMs, () => set(userId, false)),
      );
    }
    if (isTyping !== (cancel !== undefined)) onChange(userId, isTyping);
  }

  return {
    has: (userId) => expiries.has(userId),
    set,
    clear: () => [...expiries.keys()].forEach((userId) => set(userId, false)),
  };
}

/** Tells one person that the viewer types: once at the start, again as long as it goes on, and once at the end. */
export interface TypingSignal {
  keystroke(): void;
  stop(): void;
}

export function createTypingSignal(
  environment: Pick<Environment, "now" | "after">,
  tell: (isTyping: boolean) => void,
): TypingSignal {
  let cancel: (() => void) | null = null;
  let toldAt = 0;

  function stop(): void {
    if (!cancel) return;
    cancel();
    cancel = null;
    tell(false);
  }

  return {
    keystroke() {
      const now = environment.now();
      // It expires at the other end, so who goes on has to be told of again.
      if (!cancel || now - toldAt >= idleAfterMs) {
        toldAt = now;
        tell(true);
      }
      cancel?.();
      cancel = environment.after(idleAfterMs, stop);
    },
    stop,
  };
}
