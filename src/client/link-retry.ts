import { createBackoff, type Backoff } from "./backoff.ts";
import type { Environment } from "./environment.ts";
import type { LinkEnd } from "./link.ts";

/** Decides when a link that ended is tried again. */
export interface LinkRetry {
  /** A link came up. */
  ready(): void;
  ended(end: LinkEnd): void;
  /** When the next try comes, in milliseconds since 1970; null when none is planned. */
  at(): number | null;
  /** Tries now if a try is planned and the server did not ask for time. */
  hurry(): void;
  cancel(): void;
  /** Forgets how often it was tried. */
  reset(): void;
}

interface Plan {
  delayMs: number;
  needsNewToken: boolean;
  mustWait: boolean;
}

/** A link that stays for so long was no accident. */
const steadyMs = 5_000;
const offlineMs = 30_000;
const replacedMs = 30_000;

export function createLinkRetry(
  environment: Pick<Environment, "now" | "after" | "random" | "isOnline">,
  attempt: (needsNewToken: boolean) => void,
): LinkRetry {
  const backoff = createBackoff(() => environment.random());
  let readyAt = Infinity;
  let next: (Plan & { at: number; stop: () => void }) | null = null;

  function cancel(): void {
    next?.stop();
    next = null;
  }

  function go(): void {
    const needsNewToken = next?.needsNewToken ?? false;
    cancel();
    attempt(needsNewToken);
  }

  return {
    ready() {
      readyAt = environment.now();
    },
    ended(end) {
      cancel();
      if (environment.now() - readyAt >= steadyMs) backoff.reset();
      readyAt = Infinity;
      const plan = planRetry(end, backoff, environment.isOnline());
      if (!plan) return;
      const stop = environment.after(plan.delayMs, go);
      next = { ...plan, at: environment.now() + plan.delayMs, stop };
    },
    at: () => next?.at ?? null,
    hurry() {
      if (next && !next.mustWait) go();
    },
    cancel,
    reset: backoff.reset,
  };
}

/** Null if only the person can tell. */
function planRetry(end: LinkEnd, backoff: Backoff, isOnline: boolean): Plan | null {
  const { why, retryAfterMs } = end;
  if (why === "signed-out") return null;
  const plan = { needsNewToken: why === "expired", mustWait: false };
  if (!isOnline) return { ...plan, delayMs: offlineMs };
  const isInvited = why === "invited" || why === "expired";
  const delayMs = backoff.next({ retryAfterMs, isInvited });
  // Two who push each other out all the time serve nobody.
  if (why === "replaced") return { ...plan, delayMs: replacedMs + delayMs };
  return { ...plan, delayMs, mustWait: retryAfterMs !== null };
}
