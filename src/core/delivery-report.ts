import { parseEvent } from "../protocol/event.ts";
import type { Message } from "../protocol/message.ts";
import type { HubStore, Receipt } from "./hub-store.ts";

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
  /** When to report, ms; null for nothing to report. */
  dueAt(): number | null;
  /** The messages to report as delivered, and their numbers in the log. */
  collect(): { messageIds: number[]; numbers: number[] };
  /** The history has it; now the senders are to be told. */
  done(numbers: number[], receipts: Receipt[]): void;
  /** The report could not be made; it is due again later. */
  failed(now: number): void;
  untold(): Receipt[];
  /** These senders know; the others are told later. */
  told(receipts: Receipt[], now: number): void;
}

const gatherMs = 1_000;
const retryMs = 15_000;
const most = 512;

export function createDeliveryReport(userId: number, store: HubStore): DeliveryReport {
  // What is only here is lost in sleep at no cost: a hub does not sleep before a due report was tried.
  const due = new Set(store.memory().owed);
  const settled = new Set<number>();
  const incoming = new Set<number>();
  const unknownUpTo = store.head();
  let dueAt: number | null = due.size > 0 || store.memory().untold.length > 0 ? 0 : null;

  const save = (change: object): void => store.saveMemory({ ...store.memory(), ...change });

  function mark(from: number, to: number, now: number): void {
    for (let number = Math.max(from, to - most) + 1; number <= to; number++) {
      if (settled.has(number) || (number > unknownUpTo && !incoming.has(number))) continue;
      due.add(number);
      dueAt ??= now + gatherMs;
    }
    // After a failure the next try is so far off that the hub may sleep before it.
    if (store.memory().owed.length > 0) save({ owed: [...due] });
  }

  return {
    expect(number, message) {
      if (message.sender.id !== userId && message.deliveredAt === null) incoming.add(number);
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
    collect: () => ({ messageIds: messagesAt(store, userId, due), numbers: [...due] }),
    done(numbers, receipts) {
      for (const number of numbers) {
        due.delete(number);
        incoming.delete(number);
        settled.add(number);
      }
      if (settled.size > 2 * most) settled.clear();
      save({ owed: [], untold: [...store.memory().untold, ...receipts].slice(-most) });
      dueAt = due.size > 0 ? (dueAt ?? 0) : null;
    },
    failed(now) {
      save({ owed: [...due] });
      dueAt = now + retryMs;
    },
    untold: () => store.memory().untold,
    told(receipts, now) {
      const known = new Set(receipts);
      const untold = store.memory().untold.filter((receipt) => !known.has(receipt));
      save({ untold });
      if (untold.length > 0) dueAt ??= now + retryMs;
    },
  };
}

/** Ids of the messages that others sent to the user, at these numbers of the log. */
function messagesAt(store: HubStore, userId: number, numbers: Set<number>): number[] {
  const entries = store.entriesAfter(Math.min(...numbers) - 1, most);
  return entries
    .filter(({ number }) => numbers.has(number))
    .map(({ body }) => parseEvent(body))
    .flatMap((event) =>
      event.type === "message" && event.message.sender.id !== userId ? [event.message.id] : [],
    );
}
