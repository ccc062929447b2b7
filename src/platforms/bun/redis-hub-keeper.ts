import {
  createMemoryHubStore,
  type HubContents,
  type KeyedEntry,
} from "../../adapters/memory/hub-store.ts";
import type { HubChanges, RedisHubMemory, StoredHub } from "../../adapters/redis/hub-memory.ts";
import { newHubMemory, type HubMemory, type HubStore, type Partner } from "../../core/hub-store.ts";
import { createEpoch } from "../../protocol/cursor.ts";
import type { HubKeeper, KeptHub } from "./hub-keeper.ts";
import { createRemoteGate, type RemoteGate } from "./remote-gate.ts";

export interface RedisHubKeeperOptions {
  memory: RedisHubMemory;
  processId: string;
  clock: { now(): number };
}

/** Keeps hubs where every process finds them, and has those that it claimed. */
export function createRedisHubKeeper(options: RedisHubKeeperOptions): HubKeeper {
  const { memory, processId } = options;
  const gates = new Set<RemoteGate>();
  /** Hubs that are about to be anybody's. */
  const resting = new Map<number, Promise<void>>();

  async function release(userId: number, gate: RemoteGate): Promise<void> {
    try {
      await gate.kept();
      await memory.release(userId);
    } catch {
      // Whoever wants it finds it with this process.
    }
    resting.delete(userId);
  }

  async function open(userId: number, onLoss: (error: unknown) => void): Promise<KeptHub | null> {
    await resting.get(userId);
    if ((await memory.claim(userId)) !== processId) return null;
    const { store, journal } = openStore(await memory.load(userId), options.clock);
    let { savedHead } = journal;
    const gate = createRemoteGate({
      onLoss,
      save() {
        const [head, changes] = [savedHead, journal.take()];
        savedHead = store.head();
        return memory.save(userId, head, changes);
      },
    });
    const kept = journal.attach(store, gate);
    // Whoever is told of an epoch may come back with it.
    if (journal.isNew) gate.open();
    gates.add(gate);

    function close(): void {
      gate.close();
      gates.delete(gate);
    }

    return {
      store: kept,
      gate,
      giveUp: close,
      rest() {
        close();
        resting.set(userId, release(userId, gate));
      },
    };
  }

  return {
    isAlone: false,
    open,
    unsettled: memory.orphans,
    async close() {
      await Promise.allSettled(Array.from(gates, (gate) => gate.kept()));
      await memory.leave().catch(() => undefined);
    },
  };
}

/** What changed since it was last taken. */
interface Journal {
  savedHead: number;
  /** Its identity is not kept yet. */
  isNew: boolean;
  take(): HubChanges;
  /** The store, with every change of it noted. */
  attach(store: HubStore, gate: RemoteGate): HubStore;
}

interface Identity {
  epoch: string;
  bornAt: number;
  run: string;
}

function openStore(
  { fields, log, run }: StoredHub,
  clock: { now(): number },
): { store: HubStore; journal: Journal } {
  const savedHead = Number(fields.get("head") ?? 0);
  const entries = log.map((text) => JSON.parse(text) as KeyedEntry);
  const known = parse(fields.get("identity")) as Identity | null;
  // A log that lacks its end, and one whose keeper began anew, may lack what clients have seen (HUB-2).
  const isWhole = known?.run === run && (entries.at(-1)?.number ?? 0) === savedHead;
  const epoch = isWhole ? known.epoch : createEpoch();
  const identity: Identity = { epoch, bornAt: known?.bornAt ?? clock.now(), run };
  const contents = { ...readFields(fields), head: savedHead, entries: isWhole ? entries : [] };
  const store = createMemoryHubStore(epoch, identity.bornAt, contents);
  const tickets = new Map(contents.tickets);
  return { store, journal: createJournal({ identity, savedHead, tickets, isNew: !isWhole }) };
}

function readFields(fields: Map<string, string>): Omit<HubContents, "head" | "entries"> {
  const named = (prefix: string): [number, string][] =>
    [...fields]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [Number(name.slice(prefix.length)), value]);
  return {
    conversations: named("conversation:").map(([id, value]) => [id, JSON.parse(value)]),
    partners: named("partner:").map(([, value]) => JSON.parse(value) as Partner),
    tickets: (parse(fields.get("tickets")) ?? []) as HubContents["tickets"],
    // A hub may be older than the newest of these.
    memory: { ...newHubMemory, ...(parse(fields.get("memory")) as Partial<HubMemory> | null) },
  };
}

function parse(text: string | undefined): unknown {
  return text === undefined ? null : JSON.parse(text);
}

/** What stays when a log begins anew. */
function fieldsOf(store: HubStore): [name: string, value: unknown][] {
  const partners = store.partners(Infinity);
  return [
    ["head", store.head()],
    ["memory", store.memory()],
    ...partners.map((each): [string, Partner] => [`partner:${each.presence.userId}`, each]),
  ];
}

interface JournalOptions {
  identity: Identity;
  savedHead: number;
  /** Those that were redeemed before. */
  tickets: Map<string, number>;
  isNew: boolean;
}

function createJournal({ identity, savedHead, tickets, isNew }: JournalOptions): Journal {
  let fields = new Map([["identity", JSON.stringify(identity)]]);
  let entries: string[] = [];
  let kept = 0;
  let isAnew = false;

  return {
    savedHead,
    isNew,
    take() {
      const changes = { fields: [...fields], entries, keep: kept, isAnew };
      fields = new Map();
      entries = [];
      isAnew = false;
      return changes;
    },
    attach(store, gate) {
      const note = (name: string, value: unknown): void => {
        gate.open();
        fields.set(name, JSON.stringify(value));
      };
      return {
        ...store,
        renew(now) {
          store.renew(now);
          [fields, entries, isAnew] = [new Map(), [], true];
          note("identity", { ...identity, epoch: store.epoch(), bornAt: now });
          note("tickets", [...tickets]);
          for (const [name, value] of fieldsOf(store)) note(name, value);
        },
        append(key, event, keep) {
          const entry = store.append(key, event, keep);
          if (!entry) return null;
          note("head", entry.number);
          kept = keep;
          entries.push(JSON.stringify({ number: entry.number, key, body: entry.body }));
          return entry;
        },
        saveConversation(id, state) {
          note(`conversation:${id}`, state);
          store.saveConversation(id, state);
        },
        savePartner(partner) {
          note(`partner:${partner.presence.userId}`, partner);
          store.savePartner(partner);
        },
        saveMemory(memory) {
          note("memory", memory);
          store.saveMemory(memory);
        },
        redeemTicket(id, expiresAt, now) {
          const isFirst = store.redeemTicket(id, expiresAt, now);
          for (const [old, expiry] of tickets) if ((expiry + 60) * 1_000 < now) tickets.delete(old);
          if (isFirst) note("tickets", [...tickets.set(id, expiresAt)]);
          return isFirst;
        },
      };
    },
  };
}
