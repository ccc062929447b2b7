import type { WriteGate } from "./write-gate.ts";

interface Batch {
  work: (() => void)[];
  kept: PromiseWithResolvers<void>;
}

export interface RemoteGate extends WriteGate {
  /** Takes nothing any more; what was written before is still kept, if it can be. */
  close(): void;
}

export interface RemoteGateOptions {
  /** Keeps everything written until now, as a whole. */
  save: () => Promise<void>;
  onLoss: (error: unknown) => void;
}

/** A gate before a store that answers later: what one answer keeps was written while the one before was awaited. */
export function createRemoteGate({ save, onLoss }: RemoteGateOptions): RemoteGate {
  let written: Batch | null = null;
  let sending: Batch | null = null;
  let isClosed = false;

  async function send(): Promise<void> {
    while (written && !sending) {
      const batch: Batch = written;
      [sending, written] = [batch, null];
      try {
        await save();
      } catch (error) {
        return lose(error);
      }
      sending = null;
      for (const each of batch.work) each();
      batch.kept.resolve();
    }
  }

  function lose(error: unknown): void {
    const lost = [sending, written];
    [sending, written, isClosed] = [null, null, true];
    for (const batch of lost) batch?.kept.reject(error);
    onLoss(error);
  }

  return {
    open() {
      if (isClosed) throw new Error("this hub was given up");
      if (written) return;
      const kept = Promise.withResolvers<void>();
      kept.promise.catch(() => undefined);
      written = { work: [], kept };
      setImmediate(() => void send());
    },
    afterwards(work) {
      const last = written ?? sending;
      if (last) last.work.push(work);
      else work();
    },
    kept: () => (written ?? sending)?.kept.promise ?? Promise.resolve(),
    flush: () => void send(),
    close() {
      isClosed = true;
    },
  };
}
