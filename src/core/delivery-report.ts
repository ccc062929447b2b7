import { readEvent } from "../protocol/event.ts";
import type { Message } from "../protocol/message.ts";
import type { HubMemory, HubStore, Receipt } from "./hub-store.ts";

/** Collects what the user's clients have received until it is worth one write (READ-2). */
export interface DeliveryReport {
  /** A message went into the log. */
  expect(number: number, message: Message): void;
  /** A client begins at this number without anything older: what it was not sent, it does not vouch for. */
  begin(number: number): void;
  /** A client comes back and vouches for everything up to this number. */
  resume(number: number, now: number): void;
  /** A connection has got the numbers after `from` up to `to`. */
  acknowledge(from: number, to: number, now: number): void;
  /** When to report, ms; null for nothing to report, or nothing more than what was collected. */
  dueAt(): number | null;
  /** What is to be reported outlasts sleep, and must be tried after it. */
  isKept(): boolean;
  /** The messages to report as delivered, and their numbers in the log. */
  collect(): { messageIds: number[]; numbers: number[] };
  /** The history has it; now the senders are to be told. */
  done(numbers: number[], receipts: Receipt[]): void;
  /** The report could not be made; it is due again later. */
  failed(now: number): void;
  untold(): Receipt[];
  /** These senders know; the others are told later. */
  told(receipts: Receipt[], now: number): void;
  /** The log that the numbers named is lost. */
  forget(): void;
}

const gatherMs = 1_000;
/** Reports of many hubs fall due at the same moments, and so become one write where hubs share a process. */
const tickMs = 250;
const retryMs = 15_000;
const most = 512;

export function createDeliveryReport(userId: number, store: HubStore): DeliveryReport {
  const numbers = createNumbers(store);
  const receiptsToTell = createReceipts(store);
  let dueAt: number | null = isKept(store.memory()) ? 0 : null;
  let collected = numbers.log();

  const save = (change: object): void => store.saveMemory({ ...store.memory(), ...change });

  function mark(from: number, to: number, now: number): void {
    if (numbers.mark(from, to)) dueAt ??= Math.ceil((now + gatherMs) / tickMs) * tickMs;
    // After a failure the next try is so far off that the hub may sleep before it.
    if (store.memory().owed.length > 0) save({ owed: numbers.due() });
  }

  return {
    expect(number, message) {
      if (message.sender.id !== userId && message.deliveredAt === null)
        numbers.expect(number, message.id);
    },
    begin(number) {
      if (number > store.memory().reported) save({ reported: number });
    },
    resume(number, now) {
      const { reported } = store.memory();
      if (number <= reported) return;
      mark(reported, number, now);
      save({ reported: number });
    },
    acknowledge: mark,
    dueAt: () => dueAt,
    isKept: () => isKept(store.memory()),
    collect() {
      const { known, older } = numbers.messagesDue();
      const messageIds = [...messagesAt(store, userId, older), ...known];
      // Until it is made, only what arrives meanwhile makes another one due.
      [collected, dueAt] = [numbers.log(), null];
      return { messageIds, numbers: numbers.due() };
    },
    done(reported, receipts) {
      // Numbers of a log that was lost meanwhile name other messages now.
      if (collected === numbers.log()) numbers.settle(reported);
      if (store.memory().owed.length > 0) save({ owed: [] });
      receiptsToTell.add(receipts);
      dueAt = numbers.due().length > 0 ? (dueAt ?? 0) : null;
    },
    failed(now) {
      save({ owed: numbers.due() });
      dueAt = now + retryMs;
    },
    untold: receiptsToTell.all,
    told(receipts, now) {
      receiptsToTell.remove(receipts);
      if (store.memory().untold.length > 0) dueAt ??= now + retryMs;
    },
    forget() {
      numbers.forget();
      dueAt = store.memory().untold.length > 0 ? 0 : null;
    },
  };
}

/** What is only here is lost in sleep at no cost: a client that comes back vouches for it. */
function createNumbers(store: HubStore) {
  const due = new Set(store.memory().owed);
  const settled = new Set<number>();
  /** The ids of those that came since the hub woke. */
  const incoming = new Map<number, number>();
  let unknownUpTo = store.head();
  let log = {};

  return {
    due: () => [...due],
    expect: (number: number, messageId: number) => void incoming.set(number, messageId),
    /** Ids of messages to be reported, and the numbers of those that only the log knows. */
    messagesDue() {
      const known = [...due].flatMap((number) => incoming.get(number) ?? []);
      return { known, older: new Set([...due].filter((number) => !incoming.has(number))) };
    },
    /** Another one after the log was lost. */
    log: () => log,
    /** Whether any of those after `from` up to `to` is to be reported. */
    mark(from: number, to: number): boolean {
      const before = due.size;
      for (let number = Math.max(from, to - most) + 1; number <= to; number++) {
        if (settled.has(number) || (number > unknownUpTo && !incoming.has(number))) continue;
        due.add(number);
      }
      return due.size > before;
    },
    settle(numbers: number[]): void {
      for (const number of numbers) {
        if (!due.delete(number)) continue;
        incoming.delete(number);
        settled.add(number);
      }
      if (settled.size > 2 * most) settled.clear();
    },
    forget(): void {
      log = {};
      for (const numbers of [due, settled, incoming]) numbers.clear();
      unknownUpTo = 0;
    },
  };
}

function isKept({ owed, untold }: HubMemory): boolean {
  return owed.length > 0 || untold.length > 0;
}

/** Most receipts are told at once and never written down; those are whose senders' hubs were away. */
function createReceipts(store: HubStore) {
  let fresh: Receipt[] = [];
  const all = (): Receipt[] => [...store.memory().untold, ...fresh];

  return {
    all,
    add: (receipts: Receipt[]) => void fresh.push(...receipts),
    remove(receipts: Receipt[]): void {
      const known = new Set(receipts);
      const memory = store.memory();
      const untold = all()
        .filter((receipt) => !known.has(receipt))
        .slice(-most);
      fresh = [];
      if (memory.untold.length > 0 || untold.length > 0) store.saveMemory({ ...memory, untold });
    },
  };
}

/** Ids of the messages that others sent to the user, at these numbers of the log. */
function messagesAt(store: HubStore, userId: number, numbers: Set<number>): number[] {
  if (numbers.size === 0) return [];
  const entries = store.entriesAfter(Math.min(...numbers) - 1, most);
  return entries
    .filter(({ number }) => numbers.has(number))
    .map(({ body }) => readEvent(body))
    .flatMap((event) =>
      event?.type === "message" && event.message.sender.id !== userId ? [event.message.id] : [],
    );
}
