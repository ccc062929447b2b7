import { applyReceipt } from "./message-list.ts";
import type { MessageList } from "./message-list.ts";
import type { Receipt } from "./message-row.ts";

/** Receipts that came while a page was read: the page may be older than they are. */
export interface HeardReceipts {
  /** A page is asked for. */
  begin(): void;
  add(receipt: Receipt): void;
  /** The page is in the list. */
  applyTo(list: MessageList): MessageList;
}

export function createHeardReceipts(): HeardReceipts {
  let isReading = false;
  let receipts: Receipt[] = [];
  return {
    begin() {
      [isReading, receipts] = [true, []];
    },
    add(receipt) {
      if (isReading) receipts.push(receipt);
    },
    applyTo(list) {
      isReading = false;
      return receipts.splice(0).reduce(applyReceipt, list);
    },
  };
}
