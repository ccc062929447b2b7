import { createMemoryHubStore, type KeyedEntry } from "../../src/adapters/memory/hub-store.ts";
import type { HubStore, LogEntry } from "../../src/core/hub-store.ts";
import { createEpoch } from "../../src/protocol/cursor.ts";

export type LostPart = "all" | "events" | "conversations";

/** A hub's store whose process can end at any moment, and whose parts can be lost. */
export interface KeptHubStore {
  /** The store as the next process finds it: what was not kept is gone. */
  open(now: number): HubStore;
  /** Keeps what was written since. */
  keep(): void;
  lose(part: LostPart): void;
  /** Makes an entry of the log unreadable. */
  spoil(number: number): void;
}

interface Contents {
  epoch: string;
  bornAt: number;
  rest: NonNullable<Parameters<typeof createMemoryHubStore>[2]>;
}

export function createKeptHubStore(firstEpoch = createEpoch()): KeptHubStore {
  let kept: Contents | null = null;
  let open: { store: HubStore; read: () => Contents } | null = null;

  const change = (parts: Partial<Contents["rest"]>): void => {
    if (kept) kept = { ...kept, rest: { ...kept.rest, ...parts } };
  };

  return {
    open(now) {
      if (kept) open = watch(createMemoryHubStore(kept.epoch, kept.bornAt, kept.rest), kept);
      else open = watch(createMemoryHubStore(firstEpoch, now), null);
      kept ??= open.read();
      return open.store;
    },
    keep() {
      kept = open?.read() ?? kept;
    },
    lose(part) {
      if (part === "events") change({ head: 0, entries: [] });
      else if (part === "conversations") change({ conversations: [] });
      else [kept, firstEpoch] = [null, createEpoch()];
    },
    spoil(number) {
      const entries = kept?.rest.entries ?? [];
      change({
        entries: entries.map((each) =>
          each.number === number ? { ...each, body: each.body.slice(0, 20) } : each,
        ),
      });
    },
  };
}

/** Notes what a store in memory does not tell: the keys of its entries and the ids of its conversations. */
function watch(
  store: HubStore,
  before: Contents | null,
): { store: HubStore; read: () => Contents } {
  const keys = new Map(before?.rest.entries.map(({ number, key }) => [number, key]));
  const ids = new Set(before?.rest.conversations.map(([id]) => id));
  const tickets = new Map(before?.rest.tickets);
  const keyed = (entry: LogEntry): KeyedEntry => ({ ...entry, key: keys.get(entry.number)! });

  return {
    store: {
      ...store,
      append(key, event, keep) {
        const entry = store.append(key, event, keep);
        if (entry) keys.set(entry.number, key);
        return entry;
      },
      saveConversation(id, state) {
        ids.add(id);
        store.saveConversation(id, state);
      },
      redeemTicket(id, expiresAt, now) {
        const isFirst = store.redeemTicket(id, expiresAt, now);
        if (isFirst) tickets.set(id, expiresAt);
        return isFirst;
      },
    },
    read: () => ({
      epoch: store.epoch(),
      bornAt: store.bornAt(),
      rest: {
        head: store.head(),
        entries: store.entriesAfter(0, Infinity).map(keyed),
        conversations: [...ids].flatMap((id) => {
          const state = store.conversation(id);
          return state ? [[id, state] satisfies [number, object]] : [];
        }),
        partners: store.partners(Infinity),
        tickets: [...tickets],
        memory: store.memory(),
      },
    }),
  };
}
