import { beforeEach, describe, expect, test } from "vitest";
import { createChatRigs } from "./support/chat-rig.ts";
import { otherId, run } from "./support/sample-messages.ts";

const rigs = createChatRigs();
const { open } = rigs;
let server = rigs.server();

beforeEach(() => {
  server = rigs.server();
});

describe("the inbox", () => {
  test("counts what comes, and what is read in another window", async () => {
    const rig = open();
    rig.client.conversations.open();
    await rig.connect();
    await rig.until(() => server.count("/conversations/") === 2);
    const message = server.write();
    await rig.tell(message, "e-2");
    await rig.tell(message, "e-2");
    expect(rig.client.totalUnread.get()).toBe(1);
    const [row] = rig.client.conversations.state.get().rows;
    expect(row).toMatchObject({ last_message: "message 1", unread_count: 1, is_typing: false });
    await rig.say({
      type: "unread",
      conversation_id: 1,
      unread_count: 0,
      message_ids: [message.id],
      read_at: message.timestamp,
      event_id: "e-3",
    });
    expect(rig.client.totalUnread.get()).toBe(0);
  });

  test("comes in pages, and counts what is unread beyond them", async () => {
    server.intercept = ({ path, query }) => {
      if (path.endsWith("/unread-count/")) {
        const conversations = [31, 65].map((id) => ({ conversation_id: id, unread_count: 2 }));
        return Response.json({ total_unread: 4, conversations });
      }
      if (!path.endsWith("/conversations/")) return undefined;
      const first = Number(query.get("cursor") ?? 1);
      const last = Math.min(70, first + Number(query.get("limit")) - 1);
      const link = `<https://chat.test${path}?limit=30&cursor=${last + 1}>; rel="next"`;
      const headers: Record<string, string> = last < 70 ? { Link: link } : {};
      return Response.json(run(first, last).map(listed), { headers });
    };
    const rig = open();
    const { state, loadMore } = rig.client.conversations;
    await rig.until(() => state.get().rows.length === 30);
    expect(state.get()).toMatchObject({ hasMore: true, totalUnread: 4 });
    await loadMore();
    expect(state.get().rows.map((row) => row.conversation_id)).toEqual(run(1, 60));
    expect(state.get().totalUnread).toBe(2);
    await rig.client.conversations.refresh();
    expect(state.get().rows.length).toBe(60);
    await loadMore();
    expect(state.get()).toMatchObject({ hasMore: false, loadingMore: false });
    expect(state.get().rows.length).toBe(70);
  });

  test("asks once a minute only while nothing is told", async () => {
    server.intercept = ({ path }) => (path.endsWith("/ticket") ? null : undefined);
    const rig = open({ transport: "websocket" });
    rig.client.conversations.open();
    await rig.until(() => server.count("/conversations/") === 1);
    await rig.environment.advance(60_000);
    expect(server.count("/conversations/")).toBe(2);
    server.intercept = null;
    rig.client.reconnect();
    await rig.until(() => rig.environment.sockets.length > 0);
    await rig.connect();
    await rig.environment.settle();
    const asked = server.count("/conversations/");
    for (const _ of run(1, 16)) {
      await rig.environment.advance(5_000);
      await rig.say({ type: "pong" });
    }
    expect(server.count("/conversations/")).toBe(asked);
  });

  test("shows presence, and forgets it for those who went while it was away", async () => {
    server.write();
    const rig = open();
    await rig.connect();
    await rig.until(() => rig.client.user(otherId).get()?.is_online === true);
    const seen = { is_online: false, last_seen: "2026-01-09T09:00:00.000Z" };
    await rig.say({ type: "presence", user_id: otherId, ...seen });
    expect(rig.client.user(otherId).get()).toMatchObject(seen);
    expect(rig.client.conversations.state.get().rows[0]!.other_user).toMatchObject(seen);
  });
});

describe("an unsent message", () => {
  test("shows in its row, on top, until it is stored or taken back", async () => {
    server.intercept = ({ path, method }) => {
      if (path.endsWith("/chats/") && method === "POST") return null;
      if (path.endsWith("/conversations/")) return Response.json([1, 2].map(listed));
      return undefined;
    };
    const rig = open();
    const { state } = rig.client.conversations;
    await rig.until(() => state.get().rows.length === 2);
    const before = state.get().rows;
    const thread = rig.client.thread(102);
    const first = thread.send({ text: "one" });
    const second = thread.send({ text: "two" });
    const [top] = state.get().rows;
    const shown = { last_message: "two", last_message_by_me: true, unsent: "sending" };
    expect(top).toMatchObject({ conversation_id: 2, ...shown });
    thread.discard(second);
    expect(state.get().rows[0]).toMatchObject({ conversation_id: 2, last_message: "one" });
    thread.discard(first);
    expect(state.get().rows).toEqual(before);
  });

  test("says that it failed, and goes away once it is stored", async () => {
    server.write();
    const problem = { code: "invalid", detail: "No" };
    server.intercept = ({ path, method }) =>
      path.endsWith("/chats/") && method === "POST"
        ? Response.json(problem, { status: 400 })
        : undefined;
    const rig = open();
    await rig.until(() => rig.client.conversations.state.get().rows.length === 1);
    const row = () => rig.client.conversations.state.get().rows[0]!;
    const id = rig.thread.send({ text: "one" });
    await rig.until(() => row().unsent === "failed");
    expect(row()).toMatchObject({ last_message: "one", last_message_by_me: true });
    server.intercept = null;
    rig.thread.retry(id);
    await rig.until(() => row().unsent === undefined);
    rig.client.close();
    const again = open();
    await again.until(() => again.client.conversations.state.get().rows.length === 1);
    expect(again.client.conversations.state.get().rows[0]).not.toHaveProperty("unsent");
  });
});

describe("presence", () => {
  const path = "/online-users/";

  test("of somebody who was opened first is asked for with the first message, once for many", async () => {
    let isMet = false;
    server.intercept = (request) =>
      request.path.endsWith(path)
        ? Response.json({ online_users: isMet ? [otherId] : [] })
        : undefined;
    const rig = open();
    await rig.connect();
    await rig.until(() => server.count(path) === 1);
    server.messages.length = 0;
    rig.thread.open();
    await rig.until(() => rig.state().otherUser !== null);
    await rig.say({ type: "presence", user_id: otherId, is_online: false, last_seen: null });
    isMet = true;
    const messages = run(1, 5).map(() => server.write());
    for (const [index, message] of messages.entries()) await rig.tell(message, `e-${index + 2}`);
    await rig.until(() => rig.state().otherUser?.is_online === true);
    expect(server.count(path)).toBe(2);
  });

  test("that is told while it is asked for is newer than the answer", async () => {
    server.write();
    const answer = Promise.withResolvers<Response>();
    const rig = open();
    await rig.until(() => rig.client.user(otherId).get() !== null);
    server.intercept = (request) =>
      request.path.endsWith(path) ? (answer.promise as Promise<never>) : undefined;
    await rig.connect();
    await rig.say({ type: "presence", user_id: otherId, is_online: false, last_seen: null });
    answer.resolve(Response.json({ online_users: [otherId] }));
    await rig.environment.settle();
    expect(rig.client.user(otherId).get()?.is_online).toBe(false);
  });
});

/** The first is the latest. */
function listed(id: number) {
  const at = new Date(Date.UTC(2026, 0, 9) - id * 1_000).toISOString();
  return {
    conversation_id: id,
    other_user: { id: 100 + id, username: "", full_name: "", avatar: null, is_online: false },
    last_message: `last of ${id}`,
    last_message_at: at,
    last_message_by_me: false,
    unread_count: 0,
    updated_at: at,
  };
}
