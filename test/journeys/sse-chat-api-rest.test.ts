import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageForm, signIn } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import * as documented from "./documented.ts";
import type {
  ConversationRow,
  History,
  HistoryMessage,
  Marked,
  UnreadCount,
} from "./documented.ts";
import { expectShape } from "./expect-shape.ts";

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;
let mia: ChatPerson;
let nextId = 1_001;

/** Two people of their own, for a test that counts. */
async function newPair(): Promise<[ChatPerson, ChatPerson]> {
  const [one, other] = [nextId, nextId + 1];
  nextId += 2;
  return [
    await signIn(server, { id: one, username: `user_${one}`, name: `User ${one}` }),
    await signIn(server, { id: other, username: `user_${other}`, name: `User ${other}` }),
  ];
}

function send(from: ChatPerson, to: ChatPerson, message: string): Promise<HistoryMessage> {
  return from.post("chats/", { receiver_id: to.id, message });
}

async function sendMany(from: ChatPerson, to: ChatPerson, texts: string[]): Promise<number[]> {
  const ids: number[] = [];
  // oxlint-disable-next-line no-await-in-loop -- their order is what counts
  for (const text of texts) ids.push((await send(from, to, text)).id);
  return ids;
}

beforeAll(async () => {
  server = await startServer({ DEMO: "off", LIMITS: '{"sendBurst":1000}' });
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
  mia = await signIn(server, documented.people.mia);
});

afterAll(() => server?.dispose());

describe("sending", () => {
  test("a message as JSON is answered with the documented fields [WIRE-1]", async () => {
    const body = { receiver_id: john.id, message: "Hello! How are you?", attachment: null };
    const response = await jane.call("chats/", { body });
    expect(response.status).toBe(201);
    const message: unknown = await response.json();
    expectShape(message, documented.sent);
    expect(message).toMatchObject({
      sender: 789,
      sender_name: "Jane Smith",
      receiver: 123,
      receiver_name: "John Doe",
      message: "Hello! How are you?",
      attachment: null,
      attachment_url: null,
      is_read: false,
      read_at: null,
      delivered_at: null,
    });
  });

  test("a form with its integers as texts is answered the same", async () => {
    const response = await jane.call("chats/", { body: messageForm(john.id, "As a form") });
    expect(response.status).toBe(201);
    const message: unknown = await response.json();
    expectShape(message, documented.sent);
    expect(message).toMatchObject({ receiver: 123, message: "As a form", attachment: null });
  });

  test("a text is stored exactly as it came, markup and all [SEND-4]", async () => {
    const [ann, ben] = await newPair();
    const text = `<script>alert("1")</script> & 'quotes' \u00e9 e\u0301 👩‍👩‍👧 \\ \n\tdone `;
    expect((await send(ann, ben, text)).message).toBe(text);
    const { messages } = await ben.get<History>(`chats/conversation/${ann.id}/`);
    expect(messages[0]?.message).toBe(text);
  });

  test("one client_id stores one message, however often it is sent [SEND-2]", async () => {
    const [ann, ben] = await newPair();
    const body = { receiver_id: ben.id, message: "Once", client_id: "tap-1" };
    const answers = await Promise.all([1, 2, 3].map(() => ann.call("chats/", { body })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    const { messages } = await ben.get<History>(`chats/conversation/${ann.id}/`);
    expect(messages.map(({ message }) => message)).toEqual(["Once"]);
  });
});

describe("the list of conversations", () => {
  test("is a bare array of the documented rows, the latest first", async () => {
    const [ann, ben] = await newPair();
    await send(ann, ben, "First");
    await send(mia, ben, "Second");
    await send(ben, mia, "Third");
    const rows = await ben.get<ConversationRow[]>("chats/conversations/");
    expectShape(rows, documented.conversations);
    expect(rows).toMatchObject([
      {
        other_user: { id: 456, username: "mia_park", full_name: "Mia Park", is_online: false },
        last_message: "Third",
        last_message_by_me: true,
        unread_count: 1,
      },
      { other_user: { id: ann.id }, last_message: "First", last_message_by_me: false },
    ]);
  });

  test("is empty for someone new", async () => {
    const [ann] = await newPair();
    expect(await ann.get("chats/conversations/")).toEqual([]);
  });
});

describe("a conversation", () => {
  test("has every documented field once it was read [READ-1]", async () => {
    const [ann, ben] = await newPair();
    await send(ann, ben, "Have you read this?");
    await ben.post("chats/mark-read/", { sender_id: ann.id });
    const page = await ann.get<History>(`chats/conversation/${ben.id}/`);
    expectShape(page, documented.history);
    expect(page).toMatchObject({ other_user: { id: ben.id }, has_more: false });
    expect(page.messages[0]).toMatchObject({ sender: ann.id, receiver: ben.id, is_read: true });
  });

  test("comes newest first, in pages by limit, offset and before_id [HIST-1]", async () => {
    const [ann, ben] = await newPair();
    const [, , third = 0, , fifth = 0] = await sendMany(ann, ben, ["1", "2", "3", "4", "5"]);
    const read = async (query: string): Promise<[string, boolean]> => {
      const page = await ben.get<History>(`chats/conversation/${ann.id}/?${query}`);
      return [page.messages.map(({ message }) => message).join(""), page.has_more];
    };
    expect(await read("")).toEqual(["54321", false]);
    expect(await read("limit=2")).toEqual(["54", true]);
    expect(await read("limit=2&offset=2")).toEqual(["32", true]);
    expect(await read("limit=2&offset=4")).toEqual(["1", false]);
    expect(await read("limit=3&offset=0")).toEqual(["543", true]);
    expect(await read(`limit=50&before_id=${third}`)).toEqual(["21", false]);
    expect(await read(`limit=3&before_id=${fifth}`)).toEqual(["432", true]);
    expect(await read("limit=5")).toEqual(["54321", false]);
  });

  test("has 50 messages on a page unless more are asked for, and never over 100", async () => {
    const [ann, ben] = await newPair();
    const texts = Array.from({ length: 101 }, (_, index) => String(index));
    await sendMany(ann, ben, texts);
    const path = `chats/conversation/${ann.id}/`;
    expect((await ben.get<History>(path)).messages).toHaveLength(50);
    const most = await ben.get<History>(`${path}?limit=1000`);
    expect([most.messages.length, most.has_more]).toEqual([100, true]);
  });

  test("that was never begun is empty, with the person it would be with", async () => {
    const [ann, ben] = await newPair();
    expect(await ann.get(`chats/conversation/${ben.id}/`)).toMatchObject({
      conversation_id: null,
      other_user: { id: ben.id },
      messages: [],
      has_more: false,
    });
  });
});

describe("marking as read", () => {
  test("by message_ids marks exactly those, holes included [READ-3]", async () => {
    const [ann, ben] = await newPair();
    const [first = 0, , third = 0] = await sendMany(ann, ben, ["1", "2", "3"]);
    const answer = await ben.post<Marked>("chats/mark-read/", { message_ids: [first, third] });
    expectShape(answer, documented.marked);
    expect(answer).toMatchObject({ success: true, marked_count: 2 });
    const { messages } = await ben.get<History>(`chats/conversation/${ann.id}/`);
    expect(messages.map(({ is_read }) => is_read)).toEqual([true, false, true]);
    expect(messages[0]?.read_at).toBe(answer.read_at);
  });

  test("by conversation_id marks that conversation [READ-3]", async () => {
    const [ann, ben] = await newPair();
    const { conversation } = await send(ann, ben, "One");
    await send(ann, ben, "Two");
    await send(mia, ben, "Elsewhere");
    const answer = await ben.post<Marked>("chats/mark-read/", { conversation_id: conversation });
    expectShape(answer, documented.marked);
    expect(answer.marked_count).toBe(2);
    expect((await ben.get<UnreadCount>("chats/unread-count/")).total_unread).toBe(1);
  });

  test("by sender_id marks everything from that sender, and a second time nothing [READ-3]", async () => {
    const [ann, ben] = await newPair();
    await sendMany(ann, ben, ["One", "Two", "Three"]);
    const answer = await ben.post<Marked>("chats/mark-read/", { sender_id: ann.id });
    expectShape(answer, documented.marked);
    expect(answer.marked_count).toBe(3);
    const again = await ben.post<Marked>("chats/mark-read/", { sender_id: ann.id });
    expectShape(again, documented.marked);
    expect(again.marked_count).toBe(0);
  });
});

describe("the unread count", () => {
  test("has the documented fields and the sum of all conversations [UNREAD-2]", async () => {
    const [ann, ben] = await newPair();
    await sendMany(ann, ben, ["1", "2", "3"]);
    await send(mia, ben, "4");
    const answer = await ben.get<UnreadCount>("chats/unread-count/");
    expectShape(answer, documented.unreadCount);
    expect(answer.total_unread).toBe(4);
    const rows = answer.conversations.map((row) => [row.other_user_id, row.unread_count]);
    expect(new Map(rows as [number, number][])).toEqual(
      new Map([
        [ann.id, 3],
        [mia.id, 1],
      ]),
    );
    expect(answer.conversations.map((row) => row.other_user_name)).toContain("Mia Park");
    await ben.post("chats/mark-read/", { sender_id: ann.id });
    expect((await ben.get<UnreadCount>("chats/unread-count/")).total_unread).toBe(1);
  });
});

describe("addresses", () => {
  test("work with and without the slash at the end", async () => {
    const [ann, ben] = await newPair();
    await send(ann, ben, "Before");
    for (const { method, path } of documented.endpoints) {
      if (method !== "GET" || path.startsWith("sse/")) continue;
      const own = path.replace("/123/", `/${ben.id}/`);
      // oxlint-disable-next-line no-await-in-loop -- one address at a time
      expect(await ann.get(own.replace(/\/$/, ""))).toEqual(await ann.get(own));
    }
    const message = { receiver_id: ben.id, message: "Without" };
    expect((await ann.call("chats", { body: message })).status).toBe(201);
    expect(await ben.post("chats/mark-read", { sender_id: ann.id })).toMatchObject({
      marked_count: 2,
    });
    const typing = await ann.post("chats/typing", { receiver_id: ben.id, is_typing: true });
    expectShape(typing, documented.typed);
  });

  test("hold for `Token` and `Bearer` alike [AUTH-1]", async () => {
    const headers = { authorization: `Bearer ${jane.token}` };
    const response = await jane.call("chats/conversations/", { headers });
    expect(await response.json()).toEqual(await jane.get("chats/conversations/"));
  });
});

describe("someone else's messages", () => {
  test("are nowhere to be seen and cannot be marked [PRIV-1]", async () => {
    const [ann, ben] = await newPair();
    const [eve] = await newPair();
    const { id, conversation } = await send(ann, ben, "Between us");
    expect(await eve.get("chats/conversations/")).toEqual([]);
    expect(await eve.get(`chats/conversation/${ben.id}/`)).toMatchObject({ messages: [] });
    expect(await eve.get("chats/unread-count/")).toEqual({ total_unread: 0, conversations: [] });
    const foreign = await eve.call("chats/mark-read/", { body: { conversation_id: conversation } });
    const missing = await eve.call("chats/mark-read/", { body: { conversation_id: 987_654 } });
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    await eve.call("chats/mark-read/", { body: { message_ids: [id] } });
    const page = await ann.get<History>(`chats/conversation/${ben.id}/`);
    expect(page.messages[0]?.is_read).toBe(false);
  });
});
