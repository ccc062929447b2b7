import { createChatAPI } from "./chat-api.ts";
import type { ChatClientOptions } from "./chat-client.ts";
import { createChatStores } from "./chat-stores.ts";
import type { ChatStores, ChatStoresOptions } from "./chat-stores.ts";
import type { ChatUser } from "./chat-user.ts";
import type { ConnectionState } from "./connection.ts";
import { createHttp } from "./create-http.ts";
import type { Environment } from "./environment.ts";
import { createEventFeed } from "./event-feed.ts";
import type { EventFeed } from "./event-feed.ts";
import { createEventListeners } from "./event-listeners.ts";
import type { EventListeners } from "./event-listeners.ts";
import { createOwnTokens } from "./own-tokens.ts";
import { createWritable } from "./readable.ts";
import type { Readable, Writable } from "./readable.ts";
import { openGround } from "./session-ground.ts";
import type { Ground } from "./session-ground.ts";
import { createSettlement } from "./settlement.ts";
import { createViewerLookup } from "./viewer-lookup.ts";

/** One person's chat, from the first paint to the end. */
export interface ChatSession extends Pick<EventListeners, "on"> {
  readonly stores: ChatStores;
  readonly connection: Readable<ConnectionState>;
  readonly viewer: Readable<ChatUser | null>;
  reconnect(): void;
  close(): void;
  signOut(): Promise<void>;
}

const beginning: ConnectionState = {
  status: "connecting",
  transport: null,
  error: null,
  retryAt: null,
};

export function createChatSession(
  options: ChatClientOptions & { url: string },
  environment: Environment,
): ChatSession {
  const getToken = createOwnTokens(options.getToken);
  const http = createHttp({ url: options.url, getToken, environment });
  const api = createChatAPI(http);
  const viewer = createWritable<ChatUser | null>(null);
  const state = createWritable(beginning);
  const listeners = createEventListeners(environment);
  const ground = createSettlement<Ground>();
  const closing = new AbortController();
  const stores = createChatStores({
    api,
    environment,
    viewer,
    isLive: () => state.get().status === "online",
    ...keepOn(ground.promise, viewer),
  });
  const lookup = createViewerLookup(http, viewer.set);

  function close(): void {
    if (closing.signal.aborted) return;
    closing.abort();
    stores.close();
    state.set({ ...beginning, status: "closed" });
  }

  async function begin(): Promise<void> {
    const opened = await openGround({ ...options, getToken, http, environment });
    ground.resolve(opened);
    if (closing.signal.aborted) return leave(opened);
    closing.signal.addEventListener("abort", () => leave(opened));
    paint(opened, { stores, viewer });
    await stores.outbox.start(opened.cache, opened.tabs);
    if (closing.signal.aborted) return;
    const feed = createEventFeed({ ...opened, api, stores, lookup, viewer, listeners, close });
    connect(opened, { feed, state, environment, close, signal: closing.signal });
    void stores.conversations.refresh();
  }

  void begin();
  return {
    stores,
    connection: state,
    viewer,
    on: listeners.on,
    reconnect: () => void ground.promise.then(({ link }) => link.reconnect()),
    close,
    async signOut() {
      const { tabs, cache } = await ground.promise;
      tabs.post("signed-out", null);
      close();
      stores.clear();
      viewer.set(null);
      await cache.destroy().catch(() => {});
    },
  };
}

function keepOn(
  ground: Promise<Ground>,
  viewer: Readable<ChatUser | null>,
): Pick<ChatStoresOptions, "keep" | "readKept"> {
  return {
    keep: (change) => void ground.then(({ writer }) => writer.add(change)),
    async readKept(userId) {
      const { cache } = await ground;
      const me = viewer.get();
      return me ? cache.readMessages(userId, me.id).catch(() => []) : [];
    },
  };
}

/** Shows what was kept. Who was there then may be gone. */
function paint(
  { kept }: Ground,
  { stores, viewer }: Pick<ChatSession, "stores"> & { viewer: Writable<ChatUser | null> },
): void {
  viewer.set(kept.viewer);
  for (const user of kept.people) stores.people.learn({ ...user, is_online: false });
  const now = (user: ChatUser): ChatUser => stores.people.of(user.id).get() ?? user;
  stores.conversations.load(
    kept.conversations.map((row) => ({ ...row, other_user: now(row.other_user) })),
  );
}

interface Wires extends Pick<ChatSession, "close"> {
  feed: EventFeed;
  state: Writable<ConnectionState>;
  environment: Environment;
  signal: AbortSignal;
}

/** Listens first, and starts from what was kept. */
function connect(
  { link, tabs, kept }: Ground,
  { feed, state, environment, close, signal }: Wires,
): void {
  link.onEvent(feed.take);
  const stops = [
    link.state.subscribe(() => state.set(link.state.get())),
    environment.onChange(() => environment.isOnline() && feed.wake()),
  ];
  signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
  tabs.on("signed-out", close);
  link.start(kept.cursor);
  feed.wake();
}

function leave({ link, tabs, cache }: Ground): void {
  link.close();
  tabs.close();
  cache.close();
}
