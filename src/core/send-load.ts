export interface SendLoadRule {
  /** So many may always wait. */
  sendsWaiting: number;
  /** More may, as long as the last of them will be answered within this time. */
  sendWaitMs: number;
}

export interface SendDecision {
  allowed: boolean;
  /** 0 when allowed. */
  retryAfterMs: number;
}

/** The sends of one process that are not answered yet, and how fast they get answered. */
export interface SendLoad {
  /** Counts this one in, unless too much waits already (SEND-7). */
  enter(send: object, now: number): SendDecision;
  /** It was answered, one way or another. */
  leave(send: object): void;
  /** What one would be told now, without counting it. */
  peek(now: number): SendDecision;
}

const retryAfterMs = 1_000;
/** Whatever is still here after so long was broken off by its platform and never leaves by itself. */
const forgetAfterMs = 30_000;

/**
 * What waits divided by what was answered in the last moments is how long the next one will wait. A rush is let in for one
 * `sendWaitMs`, in which it shows how fast it can be carried.
 */
export function createSendLoad({ sendsWaiting, sendWaitMs }: SendLoadRule): SendLoad {
  /** Since when, the oldest first. */
  const waiting = new Map<object, number>();
  let measuredFrom: number | null = null;
  let answered = 0;

  function forgetLost(now: number): void {
    for (const [send, since] of waiting) {
      if (now - since < forgetAfterMs) return;
      waiting.delete(send);
    }
  }

  function mostAt(now: number): number {
    if (measuredFrom === null) [measuredFrom, answered] = [now, 0];
    const elapsed = now - measuredFrom;
    if (elapsed < sendWaitMs) return Infinity;
    const most = Math.max(sendsWaiting, (answered / elapsed) * sendWaitMs);
    if (elapsed >= 2 * sendWaitMs) {
      measuredFrom += elapsed / 2;
      answered /= 2;
    }
    return most;
  }

  function peek(now: number): SendDecision {
    forgetLost(now);
    const allowed = waiting.size < sendsWaiting || waiting.size < mostAt(now);
    return { allowed, retryAfterMs: allowed ? 0 : retryAfterMs };
  }

  return {
    peek,
    enter(send, now) {
      const decision = peek(now);
      if (decision.allowed) waiting.set(send, now);
      return decision;
    },
    leave(send) {
      if (!waiting.delete(send)) return;
      answered += 1;
      // What goes up and down about the limit is no new rush each time.
      if (waiting.size * 2 <= sendsWaiting) measuredFrom = null;
    },
  };
}
