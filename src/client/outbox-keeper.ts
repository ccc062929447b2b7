import type { ChatMessage } from "../protocol/chat-message.ts";
import type { Cache } from "./cache.ts";
import type { OutboxItem, OutboxItems } from "./outbox-items.ts";
import { createSettlement } from "./settlement.ts";
import type { Tabs } from "./tabs.ts";

/** What tabs tell each other of what is on its way. */
export type OutboxPost =
  /** What is kept is not what it was. */
  | { type: "changed" }
  | { type: "progress"; clientId: string; progress: number | null }
  | { type: "discarded"; clientId: string }
  | { type: "stored"; message: ChatMessage };

/** Keeps what is on its way where the other tabs and the next page find it. */
export interface OutboxKeeper {
  start(cache: Cache, tabs: Tabs): Promise<void>;
  keep(item: OutboxItem): Promise<void>;
  forget(clientId: string, stored?: ChatMessage): Promise<void>;
  post(news: OutboxPost): void;
  /** It is this tab's turn: only one delivers what all of them see. */
  delivers(item: OutboxItem): boolean;
  close(): void;
}

export function createOutboxKeeper(
  items: OutboxItems,
  { hear, onKept }: { hear(news: OutboxPost): void; onKept(receiverId: number): void },
): OutboxKeeper {
  const started = createSettlement<{ cache: Cache; tabs: Tabs }>();
  let place: { cache: Cache; tabs: Tabs } | null = null;
  let stops: (() => void)[] = [];

  async function read(): Promise<void> {
    const { cache } = await started.promise;
    const kept = await cache.readOutbox().catch(() => []);
    for (const entry of kept) if (!items.isGone(entry.client_id)) items.put(entry, true);
    for (const { entry } of items.all()) onKept(entry.receiver_id);
  }

  async function keep(item: OutboxItem): Promise<void> {
    const { entry } = item;
    const { cache } = await started.promise;
    // What cannot be kept is delivered by this page, as long as it lives.
    await cache.putOutgoing(entry).catch(() => (item.isLocal = true));
    item.isKept = true;
    // It may have been stored or taken back meanwhile.
    if (items.isGone(entry.client_id)) await forget(entry.client_id);
    post({ type: "changed" });
    onKept(entry.receiver_id);
  }

  async function forget(clientId: string, stored?: ChatMessage): Promise<void> {
    const { cache } = await started.promise;
    // Left behind it is sent again under the same name, which stores nothing.
    await cache.removeOutgoing(clientId, stored).catch(() => {});
  }

  function heard(news: OutboxPost): void {
    if (news.type === "changed") void read();
    else hear(news);
  }

  const post = (news: OutboxPost): void => place?.tabs.post("outbox", news);

  return {
    async start(cache, tabs) {
      place = { cache, tabs };
      stops = [
        tabs.leads.subscribe(() => void read()),
        tabs.on("outbox", (news) => heard(news as OutboxPost)),
      ];
      started.resolve(place);
      await read();
    },
    keep,
    forget,
    post,
    delivers: (item) =>
      place !== null && (item.isLocal || !place.cache.isShared || place.tabs.leads.get()),
    close() {
      for (const stop of stops) stop();
    },
  };
}
