import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createBrowserEnvironment } from "../../src/client/browser-environment.ts";
import type { ChatClient } from "../../src/client/chat-client.ts";
import { createChatClient } from "../../src/client/create-chat-client.ts";
import type { Environment } from "../../src/client/environment.ts";
import { createFakeBrowser } from "../client/support/fake-browser.ts";
import { signIn } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { embedded, startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";

let server: TestServer;
let nextId = 100;
const clients: ChatClient[] = [];

beforeAll(async () => {
  server = await startServer(embedded);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(() => server.dispose());

function createBrowser(): Partial<Environment> {
  return { indexedDB: new IDBFactory(), locks: null, openChannel: null };
}

function open(person: ChatPerson, browser: Partial<Environment>): ChatClient {
  const environment = { ...createBrowserEnvironment(), ...browser };
  const client = createChatClient({ url: server.url, getToken: () => person.token }, environment);
  clients.push(client);
  return client;
}

async function meet(): Promise<[ChatPerson, ChatPerson]> {
  const [a, b] = [nextId++, nextId++];
  return [
    await signIn(server, { id: a, username: `user${a}`, name: `Name ${a}` }),
    await signIn(server, { id: b, username: `user${b}`, name: `Name ${b}` }),
  ];
}

/** The ids that Parley has for them. */
async function idOf(person: ChatPerson): Promise<number> {
  return (await person.get<{ id: number }>("/api/auth/me")).id;
}

function shown(client: ChatClient, otherId: number): string[] {
  const { messages } = client.thread(otherId).state.get();
  return messages.map(({ message, status }) => `${message}: ${status}`);
}

async function until(isSo: () => boolean, limitMs = 20_000): Promise<void> {
  await expect.poll(isSo, { timeout: limitMs, interval: 20 }).toBe(true);
}

const isOnline = (client: ChatClient): boolean => client.connection.get().status === "online";

describe("two people", () => {
  test("write, see each other type and read, and keep it over a reload", async () => {
    const [alice, bob] = await meet();
    const [aliceId, bobId] = [await idOf(alice), await idOf(bob)];
    const browser = createBrowser();
    const [one, other] = [open(alice, browser), open(bob, createBrowser())];
    const [to, from] = [one.thread(bobId), other.thread(aliceId)];
    to.open();
    from.open();
    await until(() => isOnline(one) && isOnline(other));
    to.send({ text: "hello" });
    to.send({ text: "a plan", file: new File(["abc"], "plan.txt", { type: "text/plain" }) });
    await until(() => from.state.get().messages.length === 2);
    expect(other.totalUnread.get()).toBe(2);
    expect(from.state.get().messages[1]).toMatchObject({
      attachment_name: "plan.txt",
      mine: false,
    });
    from.typing();
    await until(() => to.state.get().isTyping);
    from.seen();
    await until(() => shown(one, bobId).join() === "hello: read,a plan: read");
    expect(other.totalUnread.get()).toBe(0);
    expect(one.conversations.state.get().rows[0]).toMatchObject({ last_message: "a plan" });

    // Receipts are kept a moment after they are shown.
    await until(() => one.viewer.get() !== null);
    one.close();
    const offline = { ...browser, fetch: () => new Promise<never>(() => {}) };
    const again = open(alice, offline);
    again.thread(bobId).open();
    await until(() => shown(again, bobId).length === 2);
    expect(again.conversations.state.get().rows[0]).toMatchObject({ last_message: "a plan" });
  });
});

describe("a server that goes down", () => {
  test("gets once what was written meanwhile, also by a page that was reloaded", async () => {
    const [alice, bob] = await meet();
    const [aliceId, bobId] = [await idOf(alice), await idOf(bob)];
    const browser = createBrowser();
    const [first, reader] = [open(alice, browser), open(bob, createBrowser())];
    reader.thread(aliceId).open();
    await until(() => isOnline(first) && isOnline(reader));
    first.thread(bobId).send({ text: "before" });
    await until(() => shown(reader, aliceId).length === 1);
    // The answer to this one may be lost on the way.
    first.thread(bobId).send({ text: "in between" });
    await server.killHard();
    first.thread(bobId).send({ text: "while it was down" });
    await until(() => shown(first, bobId).includes("while it was down: sending"));
    const kept = first.thread(bobId).state.get().messages.length;
    expect(kept).toBe(3);
    first.close();
    const second = open(alice, browser);
    second.thread(bobId).open();
    await until(() => shown(second, bobId).includes("while it was down: sending"));
    await server.restart();
    await until(() => shown(reader, aliceId).length === 3, 60_000);
    const { messages } = await bob.get<{ messages: { message: string }[] }>(
      `chats/conversation/${aliceId}/`,
    );
    expect(messages.map(({ message }) => message)).toEqual([
      "while it was down",
      "in between",
      "before",
    ]);
    expect(
      reader
        .thread(aliceId)
        .state.get()
        .messages.map(({ message }) => message),
    ).toEqual(["before", "in between", "while it was down"]);
    await until(() => !shown(second, bobId).some((row) => row.endsWith("sending")));
  });
});

describe("two tabs of one browser", () => {
  test("have one connection, and the other goes on when the first crashes", async () => {
    const [alice, bob] = await meet();
    const [aliceId, bobId] = [await idOf(alice), await idOf(bob)];
    const tabs = createFakeBrowser();
    const indexedDB = new IDBFactory();
    let sockets = 0;
    const openSocket: Environment["openSocket"] = (url) => {
      sockets += 1;
      return new WebSocket(url);
    };
    const leading = tabs.openTab();
    const first = open(alice, { ...leading, indexedDB, openSocket });
    await until(() => isOnline(first));
    const second = open(alice, { ...tabs.openTab(), indexedDB, openSocket });
    second.thread(bobId).open();
    await until(() => isOnline(second));
    expect(sockets).toBe(1);
    second.thread(bobId).send({ text: "one" });
    await until(() => shown(second, bobId)[0]?.startsWith("one: sen") ?? false);
    await until(() => shown(first, bobId).length === 1);
    leading.crash();
    first.close();
    await until(() => sockets === 2 && isOnline(second));
    second.thread(bobId).send({ text: "two" });
    await bob.post("chats/", { receiver_id: aliceId, message: "three" });
    await until(() => shown(second, bobId).length === 3);
    await until(() => shown(second, bobId).every((line) => !line.includes("sending")));
    const { messages } = await bob.get<{ messages: unknown[] }>(`chats/conversation/${aliceId}/`);
    expect(messages.length).toBe(3);
  });
});

test("a place that the server no longer knows is read afresh, without a hole", async () => {
  const [alice, bob] = await meet();
  const [aliceId, bobId] = [await idOf(alice), await idOf(bob)];
  const browser = createBrowser();
  const first = open(alice, browser);
  first.thread(bobId).open();
  await until(() => isOnline(first));
  await bob.post("chats/", { receiver_id: aliceId, message: "kept" });
  await until(() => shown(first, bobId).length === 1);
  first.close();
  // As after a log that was lost: the epoch is another.
  const names = (await browser.indexedDB!.databases()).map(({ name }) => name!);
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = browser.indexedDB!.open(names[0]!);
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
  await new Promise((resolve) => {
    const change = db.transaction("about", "readwrite");
    change.objectStore("about").put("lost-1", "cursor");
    change.addEventListener("complete", resolve);
  });
  db.close();
  for (let n = 1; n <= 4; n += 1) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await bob.post("chats/", { receiver_id: aliceId, message: `missed ${n}` });
  }
  const second = open(alice, browser);
  const resets: string[] = [];
  second.on("reset", ({ reason }) => resets.push(reason));
  second.thread(bobId).open();
  await until(() => resets.length === 1 && shown(second, bobId).length === 5);
  await until(() => second.totalUnread.get() === 5);
  expect(
    second
      .thread(bobId)
      .state.get()
      .messages.map(({ seq }) => seq),
  ).toEqual([1, 2, 3, 4, 5]);
});
