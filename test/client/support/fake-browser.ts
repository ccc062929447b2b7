import type { Environment } from "../../../src/client/environment.ts";

/** One tab's share of a browser; it goes without a word, as a crash does. */
export interface FakeTab extends Pick<Environment, "locks" | "openChannel"> {
  crash(): void;
}

export interface FakeBrowser {
  openTab(): FakeTab;
}

interface Waiter {
  tab: FakeTab;
  run(release: () => void): void;
}

/** Locks and channels that several tabs share. What one tab posts, the others get in a later task, in order. */
export function createFakeBrowser(): FakeBrowser {
  const queues = new Map<string, Waiter[]>();
  const channels = new Set<{ tab: FakeTab; name: string; target: EventTarget }>();
  const crashed = new Set<FakeTab>();

  function leave(name: string, waiter: Waiter): void {
    const queue = queues.get(name) ?? [];
    const wasFirst = queue[0] === waiter;
    queue.splice(queue.indexOf(waiter), 1);
    if (wasFirst) queue[0]?.run(() => leave(name, queue[0]!));
  }

  function request(tab: FakeTab, name: string, task: () => Promise<unknown>): Promise<unknown> {
    const queue = queues.get(name) ?? [];
    queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        tab,
        run(release) {
          queueMicrotask(() => {
            if (!crashed.has(tab)) task().then(resolve, reject).finally(release);
          });
        },
      };
      queue.push(waiter);
      if (queue[0] === waiter) waiter.run(() => leave(name, waiter));
    });
  }

  function openChannel(tab: FakeTab, name: string): BroadcastChannel {
    const target = new EventTarget();
    const channel = { tab, name, target };
    channels.add(channel);
    return Object.assign(target, {
      postMessage(data: unknown) {
        if (crashed.has(tab)) return;
        const copy: unknown = structuredClone(data);
        for (const other of channels) {
          if (other === channel || other.name !== name) continue;
          setImmediate(() => {
            if (!crashed.has(other.tab) && channels.has(other)) {
              other.target.dispatchEvent(new MessageEvent("message", { data: copy }));
            }
          });
        }
      },
      close: () => void channels.delete(channel),
    }) as unknown as BroadcastChannel;
  }

  return {
    openTab() {
      const tab: FakeTab = {
        locks: {
          request: (name: string, _options: LockOptions, task: () => Promise<unknown>) =>
            request(tab, name, task),
        } as unknown as LockManager,
        openChannel: (name) => openChannel(tab, name),
        crash() {
          crashed.add(tab);
          for (const [name, queue] of queues) {
            for (const waiter of queue.filter((each) => each.tab === tab)) leave(name, waiter);
          }
        },
      };
      return tab;
    },
  };
}
