import { beforeEach, describe, expect, test } from "vitest";
import { createChatRigs } from "./support/chat-rig.ts";
import { createFakeBrowser } from "./support/fake-browser.ts";
import type { FakeRequest } from "./support/fake-server.ts";

const rigs = createChatRigs();
const { open } = rigs;
let server = rigs.server();

beforeEach(() => {
  server = rigs.server();
});

describe("sending", () => {
  test("shows it at once, and once, whichever word comes first", async () => {
    const rig = open();
    rig.thread.open();
    await rig.connect();
    const clientId = rig.thread.send({ text: "hello" });
    expect(rig.shown()).toEqual(["hello: sending"]);
    const { key } = rig.state().messages[0]!;
    await rig.until(() => rig.shown()[0] === "hello: sent");
    await rig.tell(server.messages[0]!, "e-2");
    expect(rig.shown()).toEqual(["hello: sent"]);
    expect(rig.state().messages[0]).toMatchObject({ key, client_id: clientId, seq: 1 });
  });

  test("outlives a lost network, in the order of writing, and stores each once", async () => {
    server.intercept = ({ path, body }) =>
      path.endsWith("/chats/") && body["message"] === "one" ? null : undefined;
    const rig = open();
    rig.thread.send({ text: "one" });
    rig.thread.send({ text: "two" });
    await rig.environment.advance(20_000);
    expect(rig.shown()).toEqual(["one: sending", "two: sending"]);
    server.intercept = null;
    await rig.environment.advance(30_000);
    expect(rig.shown()).toEqual(["one: sent", "two: sent"]);
    expect(server.messages.map(({ message }) => message)).toEqual(["one", "two"]);
  });

  test("whose answer is lost stores nothing twice", async () => {
    const rig = open();
    server.intercept = (request) => {
      if (!request.path.endsWith("/chats/")) return undefined;
      server.intercept = null;
      void server.fetch("https://chat.test/api/v1/communication/chats/", {
        method: "POST",
        body: JSON.stringify(request.body),
      });
      return null;
    };
    rig.thread.send({ text: "once" });
    await rig.environment.advance(30_000);
    expect(rig.shown()).toEqual(["once: sent"]);
    expect(server.messages.length).toBe(1);
  });

  test("that is refused fails with words for people, and can be tried again", async () => {
    const problem = { status: 400, code: "text-too-long", detail: "The text is too long" };
    server.intercept = ({ path }) =>
      path.endsWith("/chats/") ? Response.json(problem, { status: 400 }) : undefined;
    const rig = open();
    const clientId = rig.thread.send({ text: "long" });
    await rig.until(() => rig.shown()[0] === "long: failed");
    expect(rig.state().messages[0]!.error).toBe("The text is too long");
    server.intercept = null;
    rig.thread.retry(clientId);
    expect(rig.shown()).toEqual(["long: sending"]);
    await rig.until(() => rig.shown()[0] === "long: sent");
    expect(server.messages[0]!.client_id).toBe(clientId);
  });

  test.each([
    ["rate-limited", 429],
    ["overloaded", 503],
  ])("that is %s waits as long as the server asks for [SEND-5] [SEND-7]", async (code, status) => {
    const headers = { "Retry-After": "7" };
    server.intercept = ({ path }) =>
      path.endsWith("/chats/") ? Response.json({ code }, { status, headers }) : undefined;
    const rig = open();
    rig.thread.send({ text: "patience" });
    await rig.until(() => server.count("/chats/") === 1);
    rig.environment.setOnline(true);
    await rig.environment.advance(6_900);
    expect(server.count("/chats/")).toBe(1);
    expect(rig.shown()).toEqual(["patience: sending"]);
    server.intercept = null;
    await rig.environment.advance(1_000);
    expect(rig.shown()).toEqual(["patience: sent"]);
  });

  test("a file to one holds up no text to another, shows itself, and can be stopped", async () => {
    const rig = open();
    const isUpload = ({ body }: FakeRequest): boolean => body["attachment"] instanceof File;
    server.intercept = (request) => (isUpload(request) ? new Promise<never>(() => {}) : undefined);
    const file = new File(["abc"], "photo.png", { type: "image/png" });
    const clientId = rig.thread.send({ text: "", file });
    const elsewhere = rig.client.thread(10);
    elsewhere.send({ text: "meanwhile" });
    await rig.until(() => elsewhere.state.get().messages[0]!.status === "sent");
    const [row] = rig.state().messages;
    expect(row).toMatchObject({
      status: "sending",
      attachment_type: "image",
      attachment_name: "photo.png",
      attachment_size: 3,
    });
    expect(row!.attachment_url).toMatch(/^blob:/);
    rig.thread.discard(clientId);
    await rig.environment.settle();
    expect(rig.shown()).toEqual([]);
    expect(server.requests.find(isUpload)!.signal?.aborted).toBe(true);
    const after = open();
    await after.until(() => server.count("/conversations/") >= 2);
    expect(after.shown()).toEqual([]);
  });
});

describe("two tabs", () => {
  test("share one connection, and the leading one sends what the other wrote", async () => {
    const browser = createFakeBrowser();
    const leader = open({ tab: browser.openTab() });
    await leader.connect("e-1");
    const other = open({ tab: browser.openTab() });
    other.thread.open();
    await other.until(() => other.client.connection.get().status === "online");
    expect(other.environment.sockets.length).toBe(0);
    other.thread.send({ text: "from the second" });
    await other.until(() => other.shown()[0] === "from the second: sent");
    await leader.until(() => leader.shown().length === 1);
    expect(server.count("/chats/")).toBe(1);
    await leader.tell(server.write(), "e-2");
    await other.until(() => other.shown().length === 2);
    expect(other.client.totalUnread.get()).toBe(1);
  });

  test("see and stop each other's uploads", async () => {
    const browser = createFakeBrowser();
    const leader = open({ tab: browser.openTab() });
    await leader.connect("e-1");
    const other = open({ tab: browser.openTab() });
    await other.until(() => other.client.connection.get().status === "online");
    const isUpload = ({ body }: FakeRequest): boolean => body["attachment"] instanceof File;
    server.intercept = (request) => (isUpload(request) ? new Promise<never>(() => {}) : undefined);
    const clientId = other.thread.send({ text: "", file: new File(["abc"], "a.txt") });
    await leader.until(() => server.requests.some(isUpload) && leader.shown().length === 1);
    other.thread.discard(clientId);
    await leader.until(() => leader.shown().length === 0);
    expect(server.requests.filter(isUpload).map(({ signal }) => signal?.aborted)).toEqual([true]);
    other.thread.send({ text: "and on" });
    await leader.until(() => leader.shown()[0] === "and on: sent");
  });

  test("lose nothing when the one that sends crashes", async () => {
    const browser = createFakeBrowser();
    const tab = browser.openTab();
    const leader = open({ tab });
    await leader.connect("e-1");
    const other = open({ tab: browser.openTab() });
    await other.until(() => other.client.connection.get().status === "online");
    server.intercept = ({ path }) =>
      path.endsWith("/chats/") ? new Promise<never>(() => {}) : undefined;
    other.thread.send({ text: "in spite of it" });
    await leader.until(() => server.count("/chats/") === 1);
    server.intercept = null;
    tab.crash();
    await other.until(() => other.shown()[0] === "in spite of it: sent");
    expect(server.messages.length).toBe(1);
  });
});
