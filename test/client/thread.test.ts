import { beforeEach, describe, expect, test } from "vitest";
import { createChatRigs } from "./support/chat-rig.ts";
import { otherId, ownMessage, run } from "./support/sample-messages.ts";

const rigs = createChatRigs();
const { open } = rigs;
let server = rigs.server();

beforeEach(() => {
  server = rigs.server();
});

describe("a thread", () => {
  test("reads the newest page, and the one before when asked", async () => {
    for (const _ of run(1, 120)) server.write({ is_read: true });
    const rig = open();
    expect(rig.state().loading).toBe(true);
    rig.thread.open();
    await rig.until(() => !rig.state().loading);
    expect(rig.shown().length).toBe(50);
    await rig.thread.loadOlder();
    await rig.thread.loadOlder();
    expect(rig.state().messages.map(({ seq }) => seq)).toEqual(run(1, 120));
    expect(rig.state().hasOlder).toBe(false);
    await rig.thread.loadOlder();
    expect(server.count(`/conversation/${otherId}/`)).toBe(3);
  });

  test("with somebody who does not exist says so", async () => {
    const rig = open();
    const stranger = rig.client.thread(404);
    stranger.open();
    await rig.until(() => !stranger.state.get().loading);
    expect(stranger.state.get()).toMatchObject({ error: "There is nothing here for you" });
  });

  test("shows what is told, and a message beyond a hole once the hole is filled", async () => {
    const [first, second, third] = [server.write(), server.write(), server.write()];
    server.messages.splice(1);
    const rig = open();
    rig.thread.open();
    await rig.connect();
    await rig.tell(first, "e-2");
    await rig.tell(third, "e-3");
    expect(rig.state().messages.map(({ seq }) => seq)).toEqual([1]);
    server.messages.push(second, third);
    await rig.environment.advance(1_000);
    expect(rig.state().messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test("catches up once a minute where no events come", async () => {
    server.intercept = ({ path }) => (path.endsWith("/ticket") ? null : undefined);
    const rig = open({ transport: "websocket" });
    const close = rig.thread.open();
    await rig.until(() => !rig.state().loading);
    server.write();
    await rig.environment.advance(60_000);
    await rig.until(() => rig.shown().length === 1);
    close();
    server.write();
    await rig.environment.advance(120_000);
    expect(rig.shown().length).toBe(1);
  });

  test("keeps the divider where it was when it was opened", async () => {
    server.messages.push(ownMessage(1));
    const missed = server.write();
    const rig = open();
    const close = rig.thread.open();
    await rig.connect();
    await rig.until(() => rig.state().messages.length === 2);
    expect(rig.state().firstUnread).toBe(`m${missed.id}`);
    rig.thread.seen();
    await rig.tell(server.write(), "e-2");
    expect(rig.state().firstUnread).toBe(`m${missed.id}`);
    close();
    expect(rig.state().firstUnread).toBe(null);
  });

  test("reads everything that was missed, and puts the divider before it", async () => {
    for (const _ of run(1, 60)) server.messages.push(ownMessage(server.messages.length + 1));
    for (const _ of run(1, 203)) server.write();
    const rig = open();
    rig.thread.open();
    await rig.until(() => !rig.state().loading);
    expect(rig.state().firstUnread).toBe("m1061");
    expect(rig.state().messages[0]!.seq).toBeLessThan(61);
  });

  test("moves the divider up to what was missed beyond all bounds", async () => {
    for (const _ of run(1, 20)) server.messages.push(ownMessage(server.messages.length + 1));
    for (const _ of run(1, 480)) server.write();
    const rig = open();
    rig.thread.open();
    await rig.until(() => !rig.state().loading);
    expect(rig.state().messages.length).toBe(450);
    expect(rig.state().firstUnread).toBe("m1051");
    await rig.thread.loadOlder();
    expect(rig.state().firstUnread).toBe("m1021");
  });

  test("keeps a receipt that comes before the page with its message", async () => {
    const own = ownMessage(1);
    server.messages.push(own);
    const gate = Promise.withResolvers<never>();
    const rig = open();
    await rig.connect();
    await rig.environment.settle();
    const older = Response.json({
      conversation_id: 1,
      other_user: { id: otherId, username: "", full_name: "", avatar: null, is_online: true },
      messages: [own],
      has_more: false,
    });
    server.intercept = ({ path }) =>
      path.endsWith(`/conversation/${otherId}/`) ? gate.promise : undefined;
    rig.thread.open();
    const read_at = "2026-01-09T12:00:00.000Z";
    const receipt = { conversation_id: 1, message_ids: [own.id], reader_id: otherId, read_at };
    await rig.say({ type: "read_receipt", reader_name: "", ...receipt, event_id: "e-2" });
    gate.resolve(older as never);
    await rig.until(() => rig.shown().length === 1);
    expect(rig.shown()).toEqual(["message 1: read"]);
  });

  test("loads older messages once the newest page is read", async () => {
    for (const _ of run(1, 70)) server.messages.push(ownMessage(server.messages.length + 1));
    const rig = open();
    rig.thread.open();
    await Promise.all([rig.thread.loadOlder(), rig.thread.loadOlder()]);
    expect(rig.state().messages.length).toBe(70);
    expect(server.count(`/conversation/${otherId}/`)).toBe(2);
  });

  test("shows who types for five seconds, or until they send", async () => {
    const rig = open();
    rig.thread.open();
    await rig.connect();
    const typing = { type: "typing", sender_id: otherId, sender_name: "Name 9", is_typing: true };
    await rig.say(typing);
    expect(rig.state().isTyping).toBe(true);
    await rig.environment.advance(4_999);
    expect(rig.state().isTyping).toBe(true);
    await rig.environment.advance(1);
    expect(rig.state().isTyping).toBe(false);
    await rig.say(typing);
    await rig.tell(server.write(), "e-2");
    expect(rig.state().isTyping).toBe(false);
  });

  test("tells that the viewer types once, and that they stopped after three seconds or on sending", async () => {
    const rig = open();
    const told = () =>
      server.requests.flatMap(({ path, body }) =>
        path.endsWith("/typing/") ? [body["is_typing"]] : [],
      );
    for (const _ of run(1, 5)) {
      rig.thread.typing();
      await rig.environment.advance(500);
    }
    expect(told()).toEqual([true]);
    await rig.environment.advance(2_500);
    expect(told()).toEqual([true, false]);
    rig.thread.typing();
    rig.thread.send({ text: "done" });
    await rig.environment.settle();
    expect(told()).toEqual([true, false, true, false]);
  });
});

describe("seeing", () => {
  test("marks as read once a second at most, and the last one always", async () => {
    const rig = open();
    rig.thread.open();
    await rig.connect();
    for (const n of run(2, 5)) {
      await rig.tell(server.write(), `e-${n}`);
      rig.thread.seen();
      rig.thread.seen();
    }
    expect(rig.client.totalUnread.get()).toBe(0);
    expect(server.count("/mark-read/")).toBe(1);
    await rig.environment.advance(1_000);
    expect(server.count("/mark-read/")).toBe(2);
    rig.thread.seen();
    await rig.environment.advance(5_000);
    expect(server.count("/mark-read/")).toBe(2);
  });

  test("that could not be told is told later of what was seen, and not of what came since", async () => {
    const [first, second] = [server.write(), server.write()];
    const rig = open();
    const close = rig.thread.open();
    await rig.connect();
    await rig.until(() => rig.state().messages.length === 2);
    server.intercept = ({ path }) => (path.endsWith("/mark-read/") ? null : undefined);
    rig.thread.seen();
    await rig.environment.settle();
    close();
    await rig.tell(server.write(), "e-2");
    server.intercept = null;
    await rig.environment.advance(5_000);
    const marked = server.requests.filter(({ path }) => path.endsWith("/mark-read/"));
    expect(marked.at(-1)?.body).toEqual({ message_ids: [first.id, second.id] });
  });

  test("is told again when it could not be told", async () => {
    server.write();
    const rig = open();
    rig.thread.open();
    await rig.connect();
    await rig.until(() => rig.state().messages.length === 1);
    server.intercept = ({ path }) => (path.endsWith("/mark-read/") ? null : undefined);
    rig.thread.seen();
    await rig.environment.advance(1_000);
    server.intercept = null;
    const tried = server.count("/mark-read/");
    await rig.environment.advance(60_000);
    expect(server.count("/mark-read/")).toBe(tried + 1);
  });
});
