import type { ChatAPI } from "./chat-api.ts";
import type { ChatStores } from "./chat-stores.ts";
import type { ChatUser } from "./chat-user.ts";
import type { ClientEvent, ClientEventOf } from "./client-event.ts";
import type { EventListeners } from "./event-listeners.ts";
import type { Receipt } from "./message-row.ts";
import { otherOf } from "./people.ts";
import { createPresenceLookup } from "./presence-lookup.ts";
import type { PresenceLookup } from "./presence-lookup.ts";
import type { Readable } from "./readable.ts";
import type { Ground } from "./session-ground.ts";
import type { ViewerLookup } from "./viewer-lookup.ts";

export interface EventFeed {
  take(event: ClientEvent): void;
  /** There is a network again: tries what failed. */
  wake(): void;
}

export interface EventFeedContext extends Pick<Ground, "writer" | "kept"> {
  api: Pick<ChatAPI, "getOnlineUsers">;
  stores: ChatStores;
  viewer: Readable<ChatUser | null>;
  lookup: ViewerLookup;
  listeners: EventListeners;
  close(): void;
}

/** Applies events in their order, and keeps them with the cursor that covers them. */
export function createEventFeed(context: EventFeedContext): EventFeed {
  const { stores, viewer, lookup, listeners, writer } = context;
  const { conversations, threads, outbox, marker } = stores;
  const presence = createPresenceLookup(context.api, stores.people);
  let viewerId = viewer.get()?.id ?? null;
  /** Whose they are is not known yet. */
  const waiting: ClientEvent[] = [];
  /** What is read before the stream stands may miss what happens in between. */
  let mustReread = context.kept.cursor === null;

  function meet(id: number): void {
    if (viewerId !== null && viewerId !== id) return context.close();
    viewerId = id;
    for (const event of waiting.splice(0)) apply(event, id);
  }

  function apply(event: ClientEvent, id: number): void {
    if (event.type === "reset") {
      writer.forget();
      reread();
    } else if (event.type === "ready") {
      if (mustReread) reread();
      presence.ask();
      wake();
    } else applyEvent({ ...context, presence }, event, id);
    if (event.cursor !== undefined) writer.add({ cursor: event.cursor });
    listeners.emit(event);
  }

  function reread(): void {
    mustReread = false;
    void conversations.reread();
    for (const thread of threads.values()) thread.reread();
  }

  function wake(): void {
    void lookup.run();
    outbox.wake();
    marker.wake();
    for (const thread of threads.values()) thread.wake();
    if (conversations.state.get().error !== null) void conversations.refresh();
  }

  const stop = viewer.subscribe(() => {
    const me = viewer.get();
    if (!me) return stop();
    writer.add({ viewer: me });
    meet(me.id);
  });

  return {
    take(event) {
      if (event.type === "connected") meet(event.user_id);
      if (viewerId === null) waiting.push(event);
      else apply(event, viewerId);
    },
    wake,
  };
}

interface Applying extends EventFeedContext {
  presence: PresenceLookup;
}

/** Applying one again changes nothing. */
function applyEvent(context: Applying, event: ClientEvent, viewerId: number): void {
  const { people, typists, conversations, threads } = context.stores;
  switch (event.type) {
    case "message":
      return applyMessage(context, event, viewerId);
    case "read_receipt": {
      const { conversation_id, message_ids, read_at } = event;
      const receipt = { conversation_id, message_ids, read_at, delivered_at: read_at };
      return report(context, receipt, event.reader_id);
    }
    case "delivery_receipt": {
      const { conversation_id, message_ids, delivered_at } = event;
      const receipt = { conversation_id, message_ids, read_at: null, delivered_at };
      return report(context, receipt, event.receiver_id);
    }
    case "unread": {
      const { conversation_id, message_ids, read_at } = event;
      conversations.setUnread(conversation_id, event.unread_count);
      const receipt = { conversation_id, message_ids, read_at, delivered_at: read_at };
      const mine = [...threads.values()].find(
        ({ state }) => state.get().conversationId === conversation_id,
      );
      return report(context, receipt, mine?.userId ?? null);
    }
    case "typing":
      return typists.set(event.sender_id, event.is_typing);
    case "presence": {
      const { user_id: id, is_online, last_seen } = event;
      context.presence.told(id);
      if (people.of(id).get()) people.learn({ id, is_online, last_seen });
      return;
    }
    case "connected":
    case "ready":
    case "reset":
    case "heartbeat":
    case "notification":
  }
}

function applyMessage(
  { stores, writer, presence }: Applying,
  { message, unread_count: unreadCount }: ClientEventOf<"message">,
  viewerId: number,
): void {
  const { people, typists, conversations, outbox, threads } = stores;
  const other = people.learn(otherOf(message, viewerId));
  // Nobody learns of a stranger's presence, and from now on the two are none.
  if (!conversations.find((row) => row.conversation_id === message.conversation_id)) presence.ask();
  writer.add({ messages: [message] });
  conversations.applyMessage({ message, viewerId, other, unreadCount });
  if (message.sender_id === viewerId) return outbox.settle(message);
  typists.set(other.id, false);
  threads.get(other.id)?.receive(message);
}

function report(
  { stores, writer }: EventFeedContext,
  receipt: Receipt,
  otherId: number | null,
): void {
  writer.add({ receipts: [receipt] });
  if (otherId !== null) stores.threads.get(otherId)?.report(receipt);
}
