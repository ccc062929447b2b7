import type { DurableEvent } from "../protocol/event.ts";
import type { Message } from "../protocol/message.ts";
import type { HubStore } from "./hub-store.ts";

/** Collects what the user's clients have received until it is worth one write (READ-2). */
export interface DeliveryReport {
  /** A message went into the log. */
  expect(number: number, message: Message): void;
  acknowledge(number: number, now: number): void;
  /** When to report, ms; null for nothing to report. */
  dueAt(): number | null;
  /** The messages to report as delivered, and the number up to which they reach. */
  collect(): { messageIds: number[]; upTo: number };
  done(upTo: number): void;
  /** The report could not be made; it is due again later. */
  failed(now: number): void;
}

const gatherMs = 1_000;
const retryMs = 15_000;
const most = 512;

export function createDeliveryReport(userId: number, store: HubStore): DeliveryReport {
  const { reported, owed } = store.memory();
  // Lost in sleep at no cost: a hub does not sleep before a due report was tried, and one that failed is remembered.
  let acknowledged = Math.max(reported, owed);
  let dueAt: number | null = owed > reported ? 0 : null;
  // Whatever is not reported yet may be incoming.
  let newestIncoming = store.head();
  const owe = (): void => store.saveMemory({ ...store.memory(), owed: acknowledged });

  return {
    expect(number, message) {
      if (message.sender.id !== userId && message.deliveredAt === null) newestIncoming = number;
    },
    acknowledge(number, now) {
      acknowledged = Math.max(acknowledged, number);
      const { reported, owed } = store.memory();
      // After a failure the next try is so far off that the hub may sleep before it.
      if (owed > reported && acknowledged > owed) owe();
      if (acknowledged > reported && newestIncoming > reported) dueAt ??= now + gatherMs;
    },
    dueAt: () => dueAt,
    collect() {
      const { reported } = store.memory();
      const entries = store
        .entriesAfter(reported, most)
        .filter((each) => each.number <= acknowledged);
      const messageIds = entries
        .map((each) => JSON.parse(each.body) as DurableEvent)
        .flatMap((event) =>
          event.type === "message" && event.message.sender.id !== userId ? [event.message.id] : [],
        );
      return { messageIds, upTo: Math.max(reported, entries.at(-1)?.number ?? acknowledged) };
    },
    done(upTo) {
      store.saveMemory({ ...store.memory(), reported: upTo });
      dueAt = acknowledged > upTo && newestIncoming > upTo ? (dueAt ?? 0) : null;
    },
    failed(now) {
      owe();
      dueAt = now + retryMs;
    },
  };
}
