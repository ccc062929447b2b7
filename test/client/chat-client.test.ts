import { beforeEach, describe, expect, test } from "vitest";
import { createChatRigs } from "./support/chat-rig.ts";
import { createFakeBrowser } from "./support/fake-browser.ts";
import { otherId, run } from "./support/sample-messages.ts";

const rigs = createChatRigs();
const { open } = rigs;
let server = rigs.server();

beforeEach(() => {
  server = rigs.server();
});

describe("a reload", () => {
  test("shows what was kept before the network answers, and resumes from there", async () => {
    const rig = open();
    rig.thread.open();
    await rig.connect("e-1");
    await rig.tell(server.write(), "e-2");
    await rig.acknowledged("e-2");
    rig.client.close();
    server.intercept = ({ path }) =>
      path.endsWith("/ticket") ? undefined : new Promise<never>(() => {});
    const again = open();
    again.thread.open();
    await again.until(() => again.shown().length === 1);
    expect(again.state()).toMatchObject({ loading: false, conversationId: 1 });
    expect(again.client.totalUnread.get()).toBe(1);
    expect(again.client.viewer.get()?.full_name).toBe("Name 7");
    await again.connect("e-2");
    const [hello] = again.environment.sockets.at(-1)!.frames();
    expect(hello).toMatchObject({ type: "hello", last_event_id: "e-2" });
  });

  test("does not keep links that may have expired", async () => {
    server.write({ attachment_url: "https://chat.test/old", attachment_type: "image" });
    for (const _ of run(2, 60)) server.write({ is_read: true });
    const rig = open();
    rig.thread.open();
    await rig.connect("e-1");
    await rig.until(() => rig.shown().length === 50);
    await rig.thread.loadOlder();
    for (const message of server.messages) await rig.tell(message, `e-${message.seq + 1}`);
    await rig.acknowledged("e-61");
    rig.client.close();
    server.messages[0]!.attachment_url = "https://chat.test/new";
    const again = open();
    again.thread.open();
    await again.until(() => again.shown().length === 50);
    await again.thread.loadOlder();
    expect(again.state().messages[0]!.attachment_url).toBe("https://chat.test/new");
  });

  test("sends what was not sent, once, in its order", async () => {
    server.intercept = ({ path }) => (path.endsWith("/chats/") ? null : undefined);
    const rig = open();
    rig.thread.send({ text: "one" });
    rig.thread.send({ text: "two" });
    await rig.until(() => server.count("/chats/") > 0);
    rig.client.close();
    server.intercept = null;
    const again = open();
    await again.until(() => server.messages.length === 2);
    expect(server.messages.map(({ message }) => message)).toEqual(["one", "two"]);
    await again.until(() => again.shown().join() === "one: sent,two: sent");
    again.client.close();
    const third = open();
    await third.until(() => server.count("/me") === 3);
    expect(server.messages.length).toBe(2);
  });
});

describe("a reset", () => {
  test("reads again what is open and forgets the rest", async () => {
    const rig = open();
    const close = rig.thread.open();
    await rig.connect("e-1");
    await rig.tell(server.write(), "e-2");
    await rig.acknowledged("e-2");
    for (const _ of run(1, 60)) server.write();
    const read = server.count(`/conversation/${otherId}/`);
    await rig.say({ type: "reset", reason: "log-too-short", event_id: "f-70" });
    await rig.until(() => rig.shown().length === 50);
    expect(server.count(`/conversation/${otherId}/`)).toBe(read + 1);
    expect(rig.state().messages[0]!.seq).toBe(12);
    expect(rig.client.conversations.state.get().rows[0]!.last_message).toBe("message 61");
    close();
    await rig.say({ type: "reset", reason: "log-too-short", event_id: "g-1" });
    expect(rig.shown()).toEqual([]);
  });
});

test("a notification is told once", async () => {
  const rig = open();
  const told: string[] = [];
  rig.client.on("notification", ({ title }) => told.push(title));
  await rig.connect();
  const notification = { type: "notification", id: "n1", title: "New Notice", message: "" };
  await rig.say({ ...notification, notification_type: "notice", event_id: "e-2" });
  await rig.say({ ...notification, notification_type: "notice", event_id: "e-3" });
  expect(told).toEqual(["New Notice"]);
});

test("a listener that fails keeps nothing from the others, nor from the store", async () => {
  const rig = open();
  rig.thread.open();
  const heard: string[] = [];
  rig.client.on("message", () => {
    throw new Error("the host's");
  });
  rig.client.on("message", ({ message }) => heard.push(message.message));
  await rig.connect();
  await rig.tell(server.write(), "e-2");
  await expect(rig.environment.advance(0)).rejects.toThrow("the host's");
  await rig.tell(server.write(), "e-3");
  await expect(rig.environment.advance(0)).rejects.toThrow("the host's");
  expect(heard).toEqual(["message 1", "message 2"]);
  expect(rig.shown()).toEqual(["message 1: sent", "message 2: sent"]);
});

test("signing out forgets everything", async () => {
  const rig = open();
  await rig.connect("e-1");
  await rig.tell(server.write(), "e-2");
  await rig.acknowledged("e-2");
  await rig.client.signOut();
  expect(rig.client.viewer.get()).toBeNull();
  expect(rig.client.conversations.state.get().rows).toEqual([]);
  expect(await rigs.indexedDB().databases()).toEqual([]);
});

test("tabs in which nobody is signed in at first share nothing", async () => {
  const browser = createFakeBrowser();
  const tokens = [7, 8].map((id) => `x.${btoa(JSON.stringify({ user_id: id }))}.y`);
  let isSignedIn = false;
  const pages = tokens.map((token) =>
    open({ tab: browser.openTab(), getToken: () => (isSignedIn ? token : null) }),
  );
  for (const { client, until } of pages)
    await until(() => client.connection.get().status === "signed-out");
  isSignedIn = true;
  for (const { client, until, environment } of pages) {
    client.reconnect();
    await until(() => environment.sockets.length === 1);
  }
  expect(pages.map(({ environment }) => environment.sockets.length)).toEqual([1, 1]);
});

test("a token of someone else is never used for what this one wrote", async () => {
  const tokens = [7, 8].map((id) => `x.${btoa(JSON.stringify({ user_id: id }))}.y`);
  let present = tokens[0]!;
  const rig = open({ getToken: () => present });
  await rig.connect();
  present = tokens[1]!;
  rig.thread.send({ text: "mine" });
  await rig.environment.advance(60_000);
  expect(server.count("/chats/")).toBe(0);
  present = tokens[0]!;
  await rig.environment.advance(60_000);
  expect(rig.shown()).toEqual(["mine: sent"]);
});

test("keeps one person's chat in one database, whatever their tokens say besides", async () => {
  let issued = 0;
  const rig = open({
    getToken: () => `x.${btoa(JSON.stringify({ uid: 7, jti: (issued += 1) }))}.y`,
  });
  await rig.connect();
  rig.client.close();
  const again = open({ getToken: () => `x.${btoa(JSON.stringify({ uid: 7, jti: 99 }))}.y` });
  await again.connect();
  const opaque = open({ getToken: () => "opaque" });
  await opaque.connect();
  expect(await rigs.indexedDB().databases()).toHaveLength(1);
});

test("goes on in memory where the browser keeps nothing", async () => {
  const rig = open({ indexedDB: null });
  rig.thread.open();
  await rig.connect();
  rig.thread.send({ text: "hello" });
  await rig.until(() => rig.shown()[0] !== "hello: sending");
  expect(rig.shown()).toEqual(["hello: sent"]);
});
