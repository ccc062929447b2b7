import type { ChatMessage } from "../protocol/chat-message.ts";
import type { Cache } from "./cache.ts";
import type { ChatAPI } from "./chat-api.ts";
import type { Environment } from "./environment.ts";
import { createOutgoing } from "./outbox-entry.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { createOutboxItems } from "./outbox-items.ts";
import type { OutboxItem } from "./outbox-items.ts";
import { createOutboxKeeper } from "./outbox-keeper.ts";
import type { OutboxPost } from "./outbox-keeper.ts";
import { createOutboxLanes } from "./outbox-lanes.ts";
import type { Tabs } from "./tabs.ts";
import type { OutgoingMessage } from "./thread.ts";

/** Messages on their way: kept before the first try, tried until the server has them or refuses them for good. */
export interface Outbox {
  /** Reads what was kept and goes on with it. */
  start(cache: Cache, tabs: Tabs): Promise<void>;
  /** Answers the `client_id`. */
  add(receiverId: number, message: OutgoingMessage): string;
  retry(clientId: string): void;
  discard(clientId: string): void;
  /** The last one to that person that is not stored yet. */
  newest(receiverId: number): OutboxEntry | null;
  /** One of the viewer's messages is stored, whoever said so. */
  settle(message: ChatMessage): void;
  /** There is a network again. */
  wake(): void;
  close(): void;
  /** Shows nothing any more. */
  clear(): void;
}

export interface OutboxOptions {
  api: Pick<ChatAPI, "sendMessage">;
  environment: Pick<Environment, "now" | "after" | "random">;
  show(item: OutboxItem): void;
  hide(entry: OutboxEntry): void;
  /** To be shown in the entry's place. */
  onStored(message: ChatMessage): void;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const items = createOutboxItems(options.show);
  const keeper = createOutboxKeeper(items, { hear, onKept: (id) => lanes.run(id) });
  const setError = ({ entry, isKept }: OutboxItem, error: string | null): void =>
    void keeper.keep(items.put({ ...entry, error }, isKept));

  const lanes = createOutboxLanes({
    ...options,
    items,
    keeper,
    onStored(message) {
      settle(message);
      keeper.post({ type: "stored", message });
    },
    onRefused: setError,
  });

  function settle(message: ChatMessage): void {
    const { client_id: id } = message;
    if (id !== null && items.drop(id)) void keeper.forget(id, message);
    options.onStored(message);
  }

  function remove(clientId: string): void {
    const item = items.drop(clientId);
    if (!item) return;
    lanes.stop(item);
    options.hide(item.entry);
  }

  function hear(news: OutboxPost): void {
    if (news.type === "progress") items.setProgress(news.clientId, news.progress);
    else if (news.type === "discarded") remove(news.clientId);
    else if (news.type === "stored") settle(news.message);
  }

  return {
    start: keeper.start,
    add(receiverId, message) {
      const entry = createOutgoing(receiverId, message, items.nextAt(options.environment.now()));
      void keeper.keep(items.put(entry, false));
      return entry.client_id;
    },
    retry(clientId) {
      const item = items.get(clientId);
      if (item && item.entry.error !== null) setError(item, null);
    },
    discard(clientId) {
      remove(clientId);
      void keeper.forget(clientId);
      keeper.post({ type: "discarded", clientId });
    },
    newest: items.newest,
    settle,
    wake: lanes.wake,
    close: () => [keeper, lanes].forEach((part) => part.close()),
    clear: () => items.all().forEach(({ entry }) => remove(entry.client_id)),
  };
}
