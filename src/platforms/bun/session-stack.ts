/** Sessions that are used again, the warmest first. */
export interface SessionStack<Session> {
  take(): Promise<Session>;
  /** Back from whoever took it. */
  put(session: Session): void;
  /** It ended with whoever took it, and those that wait here may have, too. */
  lose(): void;
}

export interface SessionStackOptions<Session> {
  most: number;
  open: () => Promise<Session>;
  /** Gives back one that nobody has taken. */
  release: (session: Session) => void;
}

/**
 * Bun's pool hands out its sessions in turn, so that under little load each is cold when it is used again: its backend
 * has been away from the processor, and each has plans of its own to make. Here only as many are used as are needed.
 */
export function createSessionStack<Session>({
  most,
  open,
  release,
}: SessionStackOptions<Session>): SessionStack<Session> {
  const idle: Session[] = [];
  const waiting: { resolve: (session: Session | Promise<Session>) => void }[] = [];
  let inUse = 0;

  async function openOne(): Promise<Session> {
    inUse += 1;
    try {
      return await open();
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** One fewer is in use, so the next one may open its own. */
  function leave(): void {
    inUse -= 1;
    waiting.shift()?.resolve(openOne());
  }

  return {
    async take() {
      const warm = idle.pop();
      if (warm !== undefined) {
        inUse += 1;
        return warm;
      }
      if (inUse < most) return openOne();
      const { promise, resolve } = Promise.withResolvers<Session>();
      waiting.push({ resolve });
      return promise;
    },
    put(session) {
      const next = waiting.shift();
      if (next) return next.resolve(session);
      inUse -= 1;
      idle.push(session);
    },
    lose() {
      for (const each of idle.splice(0)) release(each);
      leave();
    },
  };
}
