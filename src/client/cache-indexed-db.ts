import { wrap } from "idb";
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { ChatMessage } from "../protocol/chat-message.ts";
import { isOlder } from "./cache-memory.ts";
import { keptMessages } from "./cache.ts";
import type { Cache, CacheChange } from "./cache.ts";
import type { ChatUser } from "./chat-user.ts";
import type { ConversationEntry } from "./conversation-list.ts";
import { joinMessages, receive } from "./message-row.ts";
import type { Receipt } from "./message-row.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** With the smaller and the greater id of the two whose it is, to be found by. */
type KeptMessage = ChatMessage & { low: number; high: number };

interface Schema extends DBSchema {
  about: { key: "viewer" | "cursor"; value: ChatUser | string };
  conversations: { key: number; value: ConversationEntry };
  people: { key: number; value: ChatUser };
  messages: {
    key: [conversation: number, seq: number];
    value: KeptMessage;
    indexes: { pair: [low: number, high: number, seq: number] };
  };
  outbox: { key: string; value: OutboxEntry; indexes: { at: number } };
}

type Database = IDBPDatabase<Schema>;
type Change = IDBPTransaction<Schema, StoreNames<Schema>[], "readwrite">;

const version = 1;
const stores: StoreNames<Schema>[] = ["about", "conversations", "people", "messages", "outbox"];

/** Rejects where the browser keeps nothing, for instance in a private window. */
export async function openIndexedDBCache(factory: IDBFactory, name: string): Promise<Cache> {
  const db = await open(factory, name);

  async function change(work: (tx: Change) => Promise<unknown>[]): Promise<void> {
    const tx = db.transaction(stores, "readwrite");
    await Promise.all([...work(tx), tx.done]);
  }

  return {
    isShared: true,
    async read() {
      const tx = db.transaction(stores);
      const [viewer, cursor, conversations, people] = await Promise.all([
        tx.objectStore("about").get("viewer"),
        tx.objectStore("about").get("cursor"),
        tx.objectStore("conversations").getAll(),
        tx.objectStore("people").getAll(),
      ]);
      return {
        viewer: (viewer as ChatUser | undefined) ?? null,
        cursor: (cursor as string | undefined) ?? null,
        conversations,
        people,
      };
    },
    async readMessages(otherId, viewerId) {
      const pair = [Math.min(otherId, viewerId), Math.max(otherId, viewerId)];
      const all = IDBKeyRange.bound([...pair, 0], [...pair, Infinity]);
      return (await db.getAllFromIndex("messages", "pair", all)).slice(-keptMessages);
    },
    write: (news) => change((tx) => writeAll(tx, news)),
    forget: () =>
      change((tx) => [
        tx.objectStore("about").delete("cursor"),
        tx.objectStore("conversations").clear(),
        tx.objectStore("messages").clear(),
      ]),
    readOutbox: () => db.getAllFromIndex("outbox", "at"),
    putOutgoing: (entry) => change((tx) => [tx.objectStore("outbox").put(entry)]),
    removeOutgoing: (clientId, stored) =>
      change((tx) => [
        tx.objectStore("outbox").delete(clientId),
        putMessages(tx, stored ? [stored] : []),
      ]),
    close: () => db.close(),
    async destroy() {
      db.close();
      await wrap(factory.deleteDatabase(name));
    },
  };
}

async function open(factory: IDBFactory, name: string): Promise<Database> {
  const request = factory.open(name, version);
  request.addEventListener("upgradeneeded", () => {
    const db = request.result;
    db.createObjectStore("about");
    db.createObjectStore("conversations", { keyPath: "conversation_id" });
    db.createObjectStore("people", { keyPath: "id" });
    const messages = db.createObjectStore("messages", { keyPath: ["conversation_id", "seq"] });
    messages.createIndex("pair", ["low", "high", "seq"]);
    db.createObjectStore("outbox", { keyPath: "client_id" }).createIndex("at", "at");
  });
  const db = (await wrap(request)) as unknown as Database;
  // Another tab signs out, and must not wait for this one.
  db.addEventListener("versionchange", () => db.close());
  return db;
}

function writeAll(tx: Change, news: CacheChange): Promise<unknown>[] {
  const { viewer, cursor, conversations = [], people = [] } = news;
  const about = tx.objectStore("about");
  return [
    putMessages(tx, news.messages ?? []).then(() => putReceipts(tx, news.receipts ?? [])),
    ...(viewer ? [about.put(viewer, "viewer")] : []),
    ...(cursor ? [putCursor(tx, cursor)] : []),
    ...conversations.map((row) => tx.objectStore("conversations").put(row)),
    ...people.map((user) => tx.objectStore("people").put(user)),
  ];
}

/** Another tab may be further. */
async function putCursor(tx: Change, cursor: string): Promise<void> {
  const about = tx.objectStore("about");
  const known = (await about.get("cursor")) as string | undefined;
  if (!isOlder(cursor, known ?? null)) await about.put(cursor, "cursor");
}

async function putMessages(tx: Change, messages: readonly ChatMessage[]): Promise<void> {
  const store = tx.objectStore("messages");
  await Promise.all(
    messages.map(async (message) => {
      const { sender_id: a, receiver_id: b, conversation_id: conversation, seq } = message;
      const known = await store.get([conversation, seq]);
      const joined = known ? joinMessages(known, message) : message;
      await store.put({ ...joined, low: Math.min(a, b), high: Math.max(a, b) });
    }),
  );
  const touched = new Set(messages.map(({ conversation_id }) => conversation_id));
  await Promise.all([...touched].map((id) => trim(tx, id)));
}

async function trim(tx: Change, conversationId: number): Promise<void> {
  const store = tx.objectStore("messages");
  const newest = await store.openKeyCursor(allOf(conversationId), "prev");
  const seq = newest ? newest.key[1] : 0;
  if (seq <= keptMessages) return;
  await store.delete(IDBKeyRange.bound([conversationId, 0], [conversationId, seq - keptMessages]));
}

async function putReceipts(tx: Change, receipts: readonly Receipt[]): Promise<void> {
  const store = tx.objectStore("messages");
  for (const receipt of receipts) {
    const ids = new Set(receipt.message_ids);
    // oxlint-disable-next-line no-await-in-loop -- each builds on the one before
    const kept = await store.getAll(allOf(receipt.conversation_id));
    for (const message of kept) {
      const next = ids.has(message.id) ? receive(message, receipt) : message;
      // oxlint-disable-next-line no-await-in-loop -- likewise
      if (next !== message) await store.put(next);
    }
  }
}

function allOf(conversationId: number): IDBKeyRange {
  return IDBKeyRange.bound([conversationId, 0], [conversationId, Infinity]);
}
