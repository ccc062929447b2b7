import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createChatAPI, type ChatAPI } from "../../src/client/chat-api.ts";
import { createHttp } from "../../src/client/create-http.ts";
import { ApiError } from "../../src/client/http.ts";
import { createMessagingAPI, type MessagingAPI } from "../../src/client/messaging-api.ts";
import {
  chatMessageSchema,
  conversationListSchema,
  historySchema,
} from "../../src/protocol/chat-api.ts";
import {
  messagingConversationsSchema,
  messagingMessageSchema,
  messagingMessagesSchema,
} from "../../src/protocol/messaging-api.ts";
import { openHttpRig, type Guest, type HttpRig } from "../support/http-rig.ts";
import { createManualEnvironment } from "./support/manual-environment.ts";

let rig: HttpRig;
let alice: { chat: ChatAPI; messaging: MessagingAPI };
let bob: typeof alice;

beforeAll(async () => {
  rig = await openHttpRig();
  alice = apisOf(rig.alice);
  bob = apisOf(rig.bob);
});

afterAll(() => rig?.close());

/** The client's functions, asking the real app instead of a network. */
function apisOf({ token }: Guest): typeof alice {
  const environment = createManualEnvironment({
    fetch(url, init) {
      const headers = Object.fromEntries(new Headers(init.headers));
      const { method = "GET", body } = init;
      const path = url.replace("https://chat.test", "");
      const content =
        body === null || body === undefined ? {} : { body: body as string | FormData };
      return rig.call(path, { method, headers, ...content });
    },
  });
  const http = createHttp({ url: "https://chat.test", getToken: () => token, environment });
  return { chat: createChatAPI(http), messaging: createMessagingAPI(http) };
}

describe("chatAPI", () => {
  test("sends, with and without a file, and stores one client id once", async () => {
    const bobId = rig.bob.person.id;
    const plain = await alice.chat.sendMessage(bobId, "Hello");
    expect(plain.status).toBe(201);
    expect(plain.headers.get("Content-Type")).toContain("application/json");
    expect(chatMessageSchema.parse(plain.data)).toMatchObject({
      message: "Hello",
      receiver: bobId,
    });

    const file = new File(["%PDF-1.7\n"], "plan.pdf", { type: "application/pdf" });
    const options = { clientId: "once" };
    const first = await alice.chat.sendMessage(bobId, "See", file, options);
    const again = await alice.chat.sendMessage(bobId, "See", file, options);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.data.id).toBe(first.data.id);
    expect(first.data).toMatchObject({ attachment_name: "plan.pdf", client_id: "once" });
    expect(first.data.attachment_url).toMatch(/^http/);
  });

  test("reads the lists, a page at a time where asked", async () => {
    const { data: rows, status } = await bob.chat.getConversations();
    expect(status).toBe(200);
    expect(conversationListSchema.parse(rows)).toMatchObject([
      { other_user: { username: "alice" }, unread_count: 2, last_message_by_me: false },
    ]);
    const { data: page } = await bob.chat.getMessages(rig.alice.person.id, { limit: 1 });
    expect(historySchema.parse(page)).toMatchObject({ has_more: true, messages: [{ seq: 2 }] });
    const before_id = page.messages[0]!.id;
    const { data: older } = await bob.chat.getMessages(rig.alice.person.id, { before_id });
    expect(older).toMatchObject({ has_more: false, messages: [{ seq: 1 }] });
    const { data: limited } = await bob.chat.getConversations({ limit: 1 });
    expect(limited).toHaveLength(1);
  });

  test("counts, marks, types and knows who is there", async () => {
    const { data: unread } = await bob.chat.getUnreadCount();
    expect(unread).toMatchObject({ total_unread: 2, conversations: [{ unread_count: 2 }] });
    const { data: marked } = await bob.chat.markAsRead(unread.conversations[0]!.conversation_id);
    expect(marked).toMatchObject({ success: true, marked_count: 2 });
    expect((await bob.chat.getUnreadCount()).data.total_unread).toBe(0);
    expect((await bob.chat.sendTyping(rig.alice.person.id, true)).data).toEqual({ success: true });
    expect(rig.hubs.typed.at(-1)).toMatchObject({ senderId: rig.bob.person.id, isTyping: true });
    rig.hubs.online.add(rig.alice.person.id);
    expect((await bob.chat.getOnlineUsers()).data).toEqual({ online_users: [rig.alice.person.id] });
  });

  test("rejects with the server's code", async () => {
    const refused = alice.chat.sendMessage(rig.bob.person.id, " ");
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    await expect(refused).rejects.toMatchObject({ code: "empty-message", status: 400 });
    await expect(alice.chat.markAsRead(999_999)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("messagingAPI", () => {
  test("opens a conversation, writes to it and reads it", async () => {
    const bobId = rig.bob.person.id;
    const { data: opened } = await alice.messaging.createConversation(bobId);
    expect((await alice.messaging.getConversation(opened.id)).data.id).toBe(opened.id);
    const { data: list } = await alice.messaging.getConversations({ limit: 5 });
    expect(messagingConversationsSchema.parse(list).results).toHaveLength(1);

    const sent = await alice.messaging.sendMessage(opened.id, "From the other API");
    expect(messagingMessageSchema.parse(sent.data)).toMatchObject({ recipient_id: bobId });
    const file = new File(["%PDF-1.7\n"], "more.pdf");
    const again = { text: "With a file", attachment: file, clientId: "other" };
    const { data: withFile } = await alice.messaging.sendMessage(opened.id, again);
    expect(withFile).toMatchObject({ client_id: "other", attachment_name: "more.pdf" });

    const { data: page } = await bob.messaging.getMessages(opened.id, { limit: 1 });
    expect(messagingMessagesSchema.parse(page).results).toMatchObject([{ text: "With a file" }]);
    const cursor = new URL(page.next!).searchParams.get("cursor")!;
    const { data: next } = await bob.messaging.getMessages(opened.id, { limit: 1, cursor });
    expect(next.results).toMatchObject([{ text: "From the other API" }]);
  });

  test("reads and counts what one person wrote", async () => {
    const aliceId = rig.alice.person.id;
    const { data: from } = await bob.messaging.getUnreadMessagesCount(aliceId);
    expect(from).toEqual({ user_id: aliceId, unread_count: 2 });
    const { data: total } = await bob.messaging.getUnreadCount();
    expect(total).toEqual({ unread_count: 2, total_unread: 2 });
    const { data: page } = await bob.messaging.getMessagesWithUser(aliceId, { limit: 3 });
    expect(page.results.map(({ seq }) => seq)).toEqual([4, 3, 2]);
    expect(page.previous).toBeNull();
  });
});
