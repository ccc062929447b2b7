import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { boundary, field, file, formBytes, samples } from "../support/form-bytes.ts";
import type { RawPart } from "../support/form-bytes.ts";
import { chatPath, openHttpRig } from "../support/http-rig.ts";
import type { Guest, HttpRig } from "../support/http-rig.ts";
import { messagingPath, postAs, readAs } from "../support/messaging.ts";
import type { Conversation, Messages, MessagingMessage } from "../support/messaging.ts";

let rig: HttpRig;
/** Alice's with Bob. */
let conversation: Conversation;

beforeAll(async () => {
  rig = await openHttpRig();
  const json = { user_id: rig.bob.person.id };
  ({ body: conversation } = await postAs<Conversation>(rig, rig.alice, {
    path: "conversations/",
    json,
  }));
});
afterAll(() => rig.close());

const inConversation = () => `conversations/${conversation.id}/messages/`;
const send = (json: object, as = rig.alice) =>
  postAs<MessagingMessage>(rig, as, { path: inConversation(), json });
const withUser = (user: Guest, more = "") => `messages/?user_id=${user.person.id}${more}`;
const unreadFrom = (user: Guest) => `messages/user/${user.person.id}/unread/`;

/** Everything that one may call to read the messages of Alice and Bob. */
const addresses = () => [
  `${messagingPath}/${withUser(rig.bob)}`,
  `/api/${withUser(rig.bob)}`,
  `${messagingPath}/${inConversation()}`,
];

describe("sending", () => {
  it("answers 201 with the message as everyone will read it [SEND-1] [WIRE-1]", async () => {
    const { status, body } = await send({ text: "Hello! How are you?" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      conversation: conversation.id,
      sender: rig.alice.person.id,
      recipient: rig.bob.person.id,
      content: "Hello! How are you?",
      text: "Hello! How are you?",
      is_read: false,
    });
    for (const address of addresses()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await rig.call(address, { as: rig.alice });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(((await response.json()) as Messages).results[0]).toEqual(body);
    }
  });

  it.each([
    [{ content: "by content" }, "by content"],
    [{ text: "both", content: "both" }, "both"],
    [{ text: "", content: "one is empty", attachment: null }, "one is empty"],
  ])("takes the text of %j [WIRE-1]", async (json, text) => {
    expect((await send(json)).body).toMatchObject({ text, content: text });
  });

  it("to a user needs no conversation yet [SEND-1]", async () => {
    const json = { recipient_id: rig.carol.person.id, text: "hi Carol" };
    const { status, body } = await postAs<MessagingMessage>(rig, rig.bob, {
      path: "messages/",
      json,
    });
    expect([status, body.recipient_id, body.seq]).toEqual([201, rig.carol.person.id, 1]);
  });

  it("tells both hubs [SEND-6]", async () => {
    rig.hubs.delivered.length = 0;
    await send({ text: "both of us" });
    expect(rig.hubs.delivered.map(({ userId }) => userId)).toEqual([
      rig.bob.person.id,
      rig.alice.person.id,
    ]);
  });

  it("answers a repeated client_id with 200 and the first message, on either API [SEND-2]", async () => {
    const first = await send({ text: "once", client_id: "once-1" });
    const again = await send({ content: "once", client_id: "once-1" });
    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
    expect(again.body).toEqual(first.body);
    const there = await rig.call(`${chatPath}/chats/`, {
      as: rig.alice,
      headers: { "Idempotency-Key": "once-1" },
      json: { receiver_id: rig.bob.person.id, message: "once" },
    });
    expect(there.status).toBe(200);
    expect(((await there.json()) as ChatMessage).uuid).toBe(first.body.id);
  });

  it.each(["", "/"])("answers at an address that ends in %j [URL-1]", async (end) => {
    const path = `${messagingPath}/conversations/${conversation.id}/messages${end}`;
    const headers = { Authorization: `Token ${rig.alice.token}` };
    const response = await rig.call(path, { headers, json: { text: "slash" } });
    expect(response.status).toBe(201);
  });
});

describe("a form", () => {
  const post = (path: string, parts: RawPart[]) =>
    rig.call(`${messagingPath}/${path}`, {
      as: rig.alice,
      method: "POST",
      headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
      body: formBytes(parts),
    });
  const png = () => file(samples.png, { fileName: "a.png" });

  it.each<[string, () => [string, RawPart[]]]>([
    ["in a conversation", () => [inConversation(), [png(), field("content", "look")]]],
    [
      "to a user",
      () => [
        "messages/",
        [field("recipient_id", String(rig.bob.person.id)), field("text", "look"), png()],
      ],
    ],
  ])("carries a file %s [FORM-1]", async (_name, call) => {
    const response = await post(...call());
    expect(response.status).toBe(201);
    const message = (await response.json()) as MessagingMessage;
    expect(message).toMatchObject({
      text: "look",
      recipient: rig.bob.person.id,
      attachment_type: "image",
      attachment_name: "a.png",
      attachment_size: samples.png.length,
    });
    expect((await rig.call(message.attachment_url!)).headers.get("Content-Type")).toBe("image/png");
  });

  it("is sent once for one client_id [SEND-2]", async () => {
    const parts = [field("client_id", "form-once"), png()];
    expect((await post(inConversation(), parts)).status).toBe(201);
    const again = await post(inConversation(), parts);
    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
  });
});

describe("reading", () => {
  it.each([
    ["with a user", 0],
    ["at the short address", 1],
    ["of a conversation", 2],
  ])(
    "goes through all messages %s by their pages' links [HIST-1] [HIST-3]",
    async (_name, index) => {
      const start = addresses()[index]!;
      const read: string[] = [];
      const links: string[] = [];
      let next: string | null = `${start}${start.includes("?") ? "&" : "?"}limit=3`;
      while (next !== null) {
        links.push(next);
        // oxlint-disable-next-line no-await-in-loop -- a page knows the next one
        const page: Messages = await readAs(rig, rig.alice, next);
        read.push(...page.results.map(({ id }) => id));
        ({ next } = page);
      }
      const [path] = start.split("?");
      const ours = links.slice(1).filter((each) => each.startsWith(`http://localhost${path}?`));
      expect(ours).toHaveLength(Math.ceil(read.length / 3) - 1);
      const all = await readAs<Messages>(rig, rig.alice, withUser(rig.bob, "&limit=100"));
      expect(all.results.map(({ id }) => id)).toEqual(read);
      expect(all.results.map(({ seq }) => seq)).toEqual(read.map((_, i) => read.length - i));
    },
  );

  it("gives links at the public address where there is one [HIST-3]", async () => {
    const app = rig.appWith({ config: { publicUrl: "https://chat.example.com/" } });
    const path = `${messagingPath}/${withUser(rig.bob, "&limit=1&token=secret")}`;
    const { next } = (await (await app.call(path, { as: rig.alice })).json()) as Messages;
    expect(next).toMatch(
      /^https:\/\/chat\.example\.com\/api\/messaging\/messages\/\?limit=1&user_id=\d+&cursor=[\w-]+$/,
    );
  });

  it("is an empty page with someone never written to [HIST-2]", async () => {
    const page = await readAs(rig, rig.alice, withUser(rig.carol));
    expect(page).toEqual({ results: [], next: null, previous: null });
  });

  it("counts as delivered and tells the sender [READ-2]", async () => {
    const { body } = await send({ text: "arrived?" });
    rig.hubs.delivered.length = 0;
    const page = await readAs<Messages>(rig, rig.bob, inConversation());
    expect(page.results[0]).toMatchObject({ id: body.id, delivered_at: expect.any(String) });
    expect(rig.hubs.delivered).toMatchObject([
      { userId: rig.alice.person.id, event: { type: "delivered" } },
    ]);
  });
});

describe("both APIs", () => {
  const total = (as: Guest) =>
    readAs<{ unread_count: number; total_unread: number }>(rig, as, "unread-count/");
  const chat = async <T>(as: Guest, path: string, json?: object): Promise<T> => {
    const response = await rig.call(`${chatPath}/chats/${path}`, { as, ...(json && { json }) });
    expect(response.ok).toBe(true);
    return (await response.json()) as T;
  };

  it("show the same message, whichever it was sent on [WIRE-1]", async () => {
    const { body: here } = await send({ text: "from here" });
    const there = await chat<ChatMessage>(rig.bob, "", {
      receiver_id: rig.alice.person.id,
      message: "from there",
    });
    const history = await chat<{ messages: ChatMessage[] }>(
      rig.bob,
      `conversation/${rig.alice.person.id}/`,
    );
    expect(history.messages[1]).toMatchObject({
      id: here.message_id,
      uuid: here.id,
      message: "from here",
      conversation: here.conversation,
      seq: here.seq,
      timestamp: here.created_at,
    });
    const page = await readAs<Messages>(rig, rig.alice, withUser(rig.bob));
    expect(page.results[0]).toMatchObject({
      id: there.uuid,
      message_id: there.id,
      text: "from there",
      seq: here.seq + 1,
    });
  });

  it("agree on what is unread and on what was read [READ-3] [UNREAD-2]", async () => {
    await chat(rig.bob, "mark-read/", { sender_id: rig.alice.person.id });
    const before = await total(rig.bob);
    await send({ text: "unread 1" });
    const { body: last } = await send({ text: "unread 2" });
    expect(await readAs(rig, rig.bob, unreadFrom(rig.alice))).toEqual({
      user_id: rig.alice.person.id,
      unread_count: 2,
    });
    const now = before.unread_count + 2;
    expect(await total(rig.bob)).toEqual({ unread_count: now, total_unread: now });
    expect(await chat(rig.bob, "unread-count/")).toMatchObject({ total_unread: now });
    const mine = await readAs<Conversation>(rig, rig.bob, `conversations/${conversation.id}/`);
    expect(mine.unread_count).toBe(2);

    const marked = await chat<{ read_at: string }>(rig.bob, "mark-read/", {
      conversation_id: conversation.id,
    });
    expect(await readAs(rig, rig.bob, unreadFrom(rig.alice))).toMatchObject({ unread_count: 0 });
    const page = await readAs<Messages>(rig, rig.alice, inConversation());
    expect(page.results[0]).toMatchObject({
      id: last.id,
      is_read: true,
      read_at: marked.read_at,
      delivered_at: expect.any(String),
    });
  });

  it("count nothing of someone who never wrote [UNREAD-2]", async () => {
    expect(await readAs(rig, rig.alice, unreadFrom(rig.carol))).toMatchObject({ unread_count: 0 });
  });
});
