import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, type ChatPerson } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import {
  joinSocket,
  openSocket,
  type SocketClient,
  type SocketOptions,
} from "../support/socket-client.ts";
import * as documented from "./documented.ts";
import { expectShape } from "./expect-shape.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the document's client sends. */
const documentedFrame = { type: "message", recipient_id: 123, text: "Hello! How are you?" };

/** The fields of the document's model. */
const documentedMessage = {
  id: "0d1f5b9c-5a0e-4f1e-9b0a-0d1f5b9c5a0e",
  conversation: 1,
  sender: 456,
  recipient: 123,
  content: "Hello! How are you?",
  created_at: "2026-01-09T10:30:00.000Z",
};

interface Message extends Record<string, unknown> {
  id: string;
  message_id: number;
  conversation: number;
  seq: number;
}

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;
let lastId = 1_000;

beforeAll(async () => {
  server = await startServer({ DEMO: "off" });
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
});

afterAll(() => server?.dispose());

function nextPerson(): Promise<ChatPerson> {
  lastId += 1;
  return signIn(server, { id: lastId, username: `u${lastId}`, name: `U ${lastId}` });
}

function join(person: ChatPerson, options: SocketOptions = {}): Promise<SocketClient> {
  return joinSocket(server, person, options);
}

function messageOf(frame: Record<string, unknown>): Message {
  return frame["message"] as Message;
}

interface Pair {
  alice: ChatPerson;
  bob: ChatPerson;
  from: SocketClient;
  to: SocketClient;
  close(): Promise<unknown>;
}

/** Two strangers, each with one socket on that surface. */
async function createPair(surface: "chat" | "messaging"): Promise<Pair> {
  const [alice, bob] = [await nextPerson(), await nextPerson()];
  const options = { surface, acknowledges: true };
  const [from, to] = await Promise.all([join(alice, options), join(bob, options)]);
  return { alice, bob, from, to, close: () => Promise.all([from.close(), to.close()]) };
}

describe("two browser tabs with different users on /ws/chat/", () => {
  test("exchange the document's own frames, each once [WS-1] [WS-3]", async () => {
    const [first, second] = [await join(jane), await join(john)];
    expect(first.frames[0]).toEqual({ type: "connection_established", user_id: jane.id });
    first.send(JSON.stringify(documentedFrame));
    const arrived = await second.waitFor("new_message");
    const confirmed = await first.waitFor("message_sent");
    const message = messageOf(arrived);
    expectShape(message, documentedMessage);
    expect(message).toMatchObject({
      sender: jane.id,
      recipient: john.id,
      content: documentedFrame.text,
      text: documentedFrame.text,
    });
    expect(message.id).toMatch(uuid);
    expect(confirmed).toEqual({
      type: "message_sent",
      id: message.id,
      client_id: null,
      seq: message.seq,
      message,
      event_id: expect.stringMatching(/^[a-z0-9]+-1$/) as string,
    });

    second.send({ ...documentedFrame, recipient_id: jane.id, text: "Fine!" });
    expect(messageOf(await first.waitFor("new_message"))).toMatchObject({ content: "Fine!" });
    await second.waitFor("message_sent");
    await Promise.all([first.settle(), second.settle()]);
    for (const each of [first, second]) {
      expect(each.named("new_message")).toHaveLength(1);
      expect(each.named("message_sent")).toHaveLength(1);
    }
    await Promise.all([first.close(), second.close()]);
  });

  test("find the history after the page is loaded again", async () => {
    const { results } = await john.get<{ results: Message[] }>(
      `/api/messaging/messages/?user_id=${jane.id}`,
    );
    expect(results.map((each) => each["content"])).toEqual(["Fine!", documentedFrame.text]);
    const alias = await john.get<{ results: Message[] }>(`/api/messages/?user_id=${jane.id}`);
    expect(alias.results).toEqual(results);
  });
});

describe.each(["chat", "messaging"] as const)("over /ws/%s/", (surface) => {
  const incoming = surface === "chat" ? "new_message" : "message";

  test("a message is confirmed with its client_id, uuid and seq once it is stored [WS-3] [SEND-1]", async () => {
    const { alice, bob, from, to, close } = await createPair(surface);
    for (const [index, text] of ["one", "two", "three"].entries()) {
      const clientId = `key-${index}`;
      const frame = { type: "message", recipient_id: bob.id, text, client_id: clientId };
      const sent = await from.ask(frame);
      const { results } = await bob.get<{ results: Message[] }>(
        `/api/messaging/messages/?user_id=${alice.id}`,
      );
      expect(sent).toMatchObject({ type: "message_sent", client_id: clientId, seq: index + 1 });
      expect(sent["id"]).toMatch(uuid);
      expect(results[0]?.id).toBe(sent["id"]);
    }
    await to.waitFor(incoming, (frame) => messageOf(frame).seq === 3);
    expect(to.named(incoming).map((frame) => messageOf(frame)["content"])).toEqual([
      "one",
      "two",
      "three",
    ]);
    await close();
  });

  test("a retry answers the first message, and the receiver sees one [SEND-2] [WS-3]", async () => {
    const { bob, from, to, close } = await createPair(surface);
    const frame = { type: "send", recipient_id: bob.id, text: "once", client_id: "same" };
    const first = await from.ask(frame);
    const second = await from.ask(frame);
    expect(second["id"]).toBe(first["id"]);
    expect(second["seq"]).toBe(1);
    const other = await from.ask({ ...frame, text: "not the same" });
    expect(other).toMatchObject({ type: "error", code: "idempotency-conflict" });
    await from.ask({ ...frame, client_id: "last", text: "last" });
    await to.waitFor(incoming, (each) => messageOf(each)["content"] === "last");
    expect(to.named(incoming)).toHaveLength(2);
    await close();
  });

  test("sender, order, times and reading that a client makes up are ignored [WIRE-2] [WS-2]", async () => {
    const { alice, bob, from, to, close } = await createPair(surface);
    const forged = {
      sender_id: jane.id,
      sender: jane.id,
      seq: 4711,
      is_read: true,
      read_at: "2001-01-01T00:00:00Z",
      timestamp: "2001-01-01T00:00:00Z",
      created_at: "2001-01-01T00:00:00Z",
      id: "0d1f5b9c-5a0e-4f1e-9b0a-0d1f5b9c5a0e",
      message_id: 1,
      mood: "fine",
    };
    await from.ask({ type: "message", recipient_id: bob.id, text: "it is me", ...forged });
    const message = messageOf(await to.waitFor(incoming));
    expect(message).toMatchObject({ sender: alice.id, seq: 1, is_read: false, read_at: null });
    expect(Date.parse(String(message["created_at"]))).toBeGreaterThan(Date.now() - 60_000);
    expect(message.id).not.toBe(forged.id);
    await close();
  });

  test.each([
    ["that nobody has", { recipient_id: 999_999_999 }, "not-found"],
    ["that is oneself", {}, "receiver-is-sender"],
    ["that is no id", { recipient_id: "Robert" }, "invalid-frame"],
    ["that is missing", { recipient_id: undefined }, "invalid-frame"],
    ["in a conversation of others", { recipient_id: undefined, conversation_id: 1 }, "not-found"],
  ])(
    "a recipient %s is an error with its ref, and the socket stays [WS-2] [PRIV-1]",
    async (_, change, code) => {
      const alice = await nextPerson();
      const socket = await join(alice, { surface });
      const frame = { type: "message", recipient_id: alice.id, text: "hello", ...change };
      const answer = await socket.ask(frame);
      expect(answer).toMatchObject({ type: "error", code });
      expect(typeof answer["detail"]).toBe("string");
      const sent = await socket.ask({ type: "message", recipient_id: john.id, text: "still here" });
      expect(sent["type"]).toBe("message_sent");
      await socket.close();
    },
  );

  test("typing reaches the other one and is never numbered [TYPE-1] [TYPE-2]", async () => {
    const { alice, bob, from, to, close } = await createPair(surface);
    await from.ask({ type: "message", recipient_id: bob.id, text: "hello" });
    await to.waitFor(incoming);
    from.send({ type: "typing", recipient_id: bob.id, is_typing: true });
    expect(await to.waitFor("typing")).toEqual({
      type: "typing",
      sender_id: alice.id,
      sender_name: alice.name,
      is_typing: true,
    });

    const stranger = await join(john, { surface });
    from.send({ type: "typing", recipient_id: john.id, is_typing: true });
    await from.ask({ type: "message", recipient_id: john.id, text: "hello" });
    await stranger.waitFor(incoming);
    expect(stranger.named("typing")).toEqual([]);
    await stranger.close();
    await close();
  });

  test("reading and arriving are told to the sender, reading to the reader's other sockets [READ-2] [READ-3]", async () => {
    const { bob, from, to, close } = await createPair(surface);
    const second = await join(bob, { surface });
    const sent = await from.ask({ type: "message", recipient_id: bob.id, text: "hello" });
    const { conversation: conversationId, message_id: id } = messageOf(sent);
    const about = { conversation_id: conversationId, message_ids: [id] };
    const delivered = await from.waitFor("delivery_receipt");
    expect(delivered).toMatchObject({ receiver_id: bob.id, ...about });
    expect(typeof delivered["event_id"]).toBe("string");

    const done = await to.ask({ type: "read", conversation_id: conversationId });
    expect(done).toMatchObject({ type: "read_done", marked_count: 1 });
    const receipt = await from.waitFor("read_receipt");
    expect(receipt).toMatchObject({ reader_id: bob.id, reader_name: bob.name, ...about });
    expect(receipt["read_at"]).toBe(done["read_at"]);
    expect(await second.waitFor("unread")).toMatchObject({ ...about, unread_count: 0 });
    await Promise.all([close(), second.close()]);
  });

  test("presence comes by itself, and as a list when asked for [PRES-2] [PRES-4]", async () => {
    const { bob, from, to, close } = await createPair(surface);
    await from.ask({ type: "message", recipient_id: bob.id, text: "hello" });
    await to.waitFor(incoming);
    const list = await from.ask({ type: "presence" });
    expect(list).toMatchObject({ type: "presence_list" });
    expect(list["users"]).toMatchObject([{ user_id: bob.id, is_online: true }]);
    await to.close();
    const gone = await from.waitFor("presence", (each) => each["is_online"] === false);
    expect(gone).toMatchObject({ user_id: bob.id });
    expect(Date.parse(String(gone["last_seen"]))).toBeGreaterThan(Date.now() - 30_000);
    await close();
  });

  test("conversations are opened and listed [CONV-1]", async () => {
    const { alice, bob, from, close } = await createPair(surface);
    const opened = await from.ask({ type: "open_conversation", user_id: bob.id });
    expect(opened).toMatchObject({ type: "conversation" });
    const conversation = opened["conversation"] as Record<string, unknown>;
    expect(conversation).toMatchObject({ other_user: { id: bob.id }, unread_count: 0 });
    const conversationId = conversation["id"];
    const sent = await from.ask({ type: "send", conversation_id: conversationId, text: "in it" });
    expect(messageOf(sent)).toMatchObject({ conversation: conversationId, recipient: bob.id });
    const list = await from.ask({ type: "list_conversations", limit: 1 });
    expect(list).toMatchObject({ type: "conversations", next_cursor: null });
    const rest = await alice.get<{ results: unknown[] }>("/api/messaging/conversations/");
    expect(list["results"]).toEqual(rest.results);
    await close();
  });

  test("a ping is answered in whatever words, with its ref [WS-6]", async () => {
    const alice = await nextPerson();
    const socket = await openSocket(server, alice, { surface });
    socket.send('{"type":"ping"}');
    expect(await socket.waitFor("pong")).toEqual({ type: "pong" });
    socket.send('{ "type": "ping", "ref": 7 }');
    expect(await socket.waitFor("pong", (each) => "ref" in each)).toEqual({ type: "pong", ref: 7 });
    await socket.close();
  });
});
