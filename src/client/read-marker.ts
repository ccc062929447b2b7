import { createBackoff } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";
import type { ChatAPI } from "./chat-api.ts";
import type { Environment } from "./environment.ts";
import { isPassing } from "./passing-error.ts";

const betweenMs = 1_000;

/**
 * Marks conversations read: at once, and then at most once a second each, the last one never left out. A later try marks only
 * what was seen: more may have come since.
 */
export interface ReadMarker {
  mark(conversationId: number, seen: readonly number[]): void;
  /** Tries again now what failed. */
  wake(): void;
  close(): void;
}

interface Work {
  cancel: () => void;
  /** Marked again since the last request. */
  again: boolean;
  failed: boolean;
  /** The ids of messages that were seen and could not be marked yet. */
  seen: ReadonlySet<number>;
  backoff: Backoff;
}

export function createReadMarker(
  api: Pick<ChatAPI, "markAsRead" | "markMessagesAsRead">,
  environment: Pick<Environment, "after" | "random">,
): ReadMarker {
  const works = new Map<number, Work>();

  async function run(conversationId: number, work: Work): Promise<void> {
    const { seen } = work;
    const ids = work.failed ? [...seen] : [];
    Object.assign(work, { again: false, failed: false, seen: new Set(), cancel: () => {} });
    let waitMs = betweenMs;
    try {
      await (ids.length > 0 ? api.markMessagesAsRead(ids) : api.markAsRead(conversationId));
      work.backoff.reset();
    } catch (error) {
      if (isPassing(error)) {
        Object.assign(work, { again: true, failed: true, seen: new Set([...seen, ...work.seen]) });
        waitMs = Math.max(betweenMs, work.backoff.next(error));
      }
    }
    if (works.get(conversationId) !== work) return;
    work.cancel = environment.after(waitMs, () => next(conversationId, work));
  }

  function next(conversationId: number, work: Work): void {
    if (work.again) void run(conversationId, work);
    else works.delete(conversationId);
  }

  return {
    mark(conversationId, ids) {
      const seen = new Set(ids);
      const work = works.get(conversationId);
      if (work) {
        Object.assign(work, { again: true, seen: new Set([...work.seen, ...seen]) });
        return;
      }
      const backoff = createBackoff(environment.random);
      const fresh: Work = { cancel: () => {}, again: false, failed: false, seen, backoff };
      works.set(conversationId, fresh);
      void run(conversationId, fresh);
    },
    wake() {
      for (const [conversationId, work] of works) {
        if (!work.failed) continue;
        work.backoff.reset();
        work.cancel();
        next(conversationId, work);
      }
    },
    close() {
      for (const { cancel } of works.values()) cancel();
      works.clear();
    },
  };
}
