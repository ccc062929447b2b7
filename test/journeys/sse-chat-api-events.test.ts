import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import type { EventReader } from "../support/sse-client.ts";
import * as documented from "./documented.ts";
import type { ConversationRow, History, HistoryMessage, OnlineUsers } from "./documented.ts";
import { expectShape } from "./expect-shape.ts";

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;
let mia: ChatPerson;
let atJane: EventReader;
let atJohn: EventReader;

function send(from: ChatPerson, to: ChatPerson, message: string): Promise<HistoryMessage> {
  return from.post("chats/", { receiver_id: to.id, message });
}

async function notify(body: object): Promise<Response> {
  return fetch(`${server.url}/api/service/notifications`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${server.serviceKey}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
}

beforeAll(async () => {
  server = await startServer({ DEMO: "off", LIMITS: '{"heartbeatMs":500,"graceMs":200}' });
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
  mia = await signIn(server, documented.people.mia);
  await send(jane, john, "We share a conversation");
  atJane = await jane.listen();
  atJohn = await john.listen();
  await Promise.all([atJane.waitFor("ready"), atJohn.waitFor("ready")]);
});

afterAll(async () => {
  await Promise.all([atJane?.close(), atJohn?.close()]);
  await server?.dispose();
});

test("a stream opened with ?token= begins with `connected` [AUTH-2]", async () => {
  expect(atJane.response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  expect(atJane.events[0]).toMatchObject({
    event: "connected",
    data: { status: "connected", user_id: 789 },
  });
  expectShape(atJane.events[0]?.data, documented.events.connected);
});

test("a stream asks every proxy on its way to pass it on unchanged and at once", () => {
  const { headers } = atJane.response;
  expect(headers.get("x-accel-buffering")).toBe("no");
  expect(headers.get("cache-control")).toContain("no-store");
  expect(headers.get("cache-control")).toContain("no-transform");
  expect(headers.get("content-encoding")).toBeNull();
});

describe("a message", () => {
  test("reaches its receiver without another call", async () => {
    const { id } = await send(jane, john, "Hello!");
    const { data } = await atJohn.waitFor("message", (event) => event.data["id"] === id);
    expectShape(data, documented.events.message);
    expect(data).toMatchObject({
      id,
      sender_id: 789,
      sender_name: "Jane Smith",
      receiver_id: 123,
      message: "Hello!",
      attachment: null,
      attachment_type: null,
      is_read: false,
    });
  });

  test("reaches the sender's own windows with its client_id", async () => {
    await jane.post("chats/", { receiver_id: john.id, message: "Mine", client_id: "tap-7" });
    const echo = await atJane.waitFor("message", ({ data }) => data["client_id"] === "tap-7");
    expect(echo.data).toMatchObject({ sender: 789, sender_id: 789, receiver: 123 });
  });

  test("is delivered once it was written to an open stream [READ-2]", async () => {
    const { id } = await send(jane, john, "Is it there?");
    const { data } = await atJane.waitFor("delivery_receipt", (e) => e.data["message_id"] === id);
    expect(data).toMatchObject({ receiver_id: 123, delivered_at: expect.any(String) });
    const page = await jane.get<History>(`chats/conversation/${john.id}/?limit=1`);
    expect(page.messages[0]).toMatchObject({ id, delivered_at: data["delivered_at"] });
    expect(page.messages[0]).toMatchObject({ is_read: false, read_at: null });
  });

  test("that is read gives its sender a receipt of its own [READ-3]", async () => {
    const first = await send(jane, john, "One");
    const second = await send(jane, john, "Two");
    await john.post("chats/mark-read/", { message_ids: [first.id, second.id] });
    for (const { id } of [first, second]) {
      // oxlint-disable-next-line no-await-in-loop -- one receipt after the other
      const { data } = await atJane.waitFor("read_receipt", (e) => e.data["message_id"] === id);
      expectShape(data, documented.events.read_receipt);
      expect(data).toMatchObject({ reader_id: 123, reader_name: "John Doe" });
    }
    const page = await jane.get<History>(`chats/conversation/${john.id}/?limit=1`);
    expect(page.messages[0]).toMatchObject({ id: second.id, is_read: true });
    expectShape(page, documented.history);
  });
});

const notice = {
  title: "New Notice",
  message: "Class cancelled tomorrow",
  notification_type: "notice",
};

describe("typing", () => {
  test("is answered and told at once, and so is its end [TYPE-1]", async () => {
    const start = await john.post("chats/typing/", { receiver_id: jane.id, is_typing: true });
    expectShape(start, documented.typed);
    const begun = await atJane.waitFor("typing", ({ data }) => data["is_typing"] === true);
    expectShape(begun.data, documented.events.typing);
    expect(begun).toMatchObject({ id: null, data: { sender_id: 123, sender_name: "John Doe" } });
    await john.post("chats/typing/", { receiver_id: jane.id, is_typing: false });
    await atJane.waitFor("typing", ({ data }) => data["is_typing"] === false);
  });

  test("passes once however often it is sent within a second [TYPE-2]", async () => {
    const signal = { receiver_id: john.id, is_typing: true };
    await Promise.all(Array.from({ length: 5 }, () => jane.post("chats/typing/", signal)));
    const { id } = await send(jane, john, "Typed");
    await atJohn.waitFor("message", ({ data }) => data["id"] === id);
    expect(atJohn.named("typing")).toHaveLength(1);
  });

  test("never reaches someone who shares no conversation with the sender [TYPE-2]", async () => {
    const body = { receiver_id: john.id, is_typing: true };
    const answer = await mia.call("chats/typing/", { body });
    expect(await answer.json()).toEqual({ success: true });
    // The stream keeps its order: had it passed, it would stand before this.
    await notify({ ...notice, title: "After typing", user_ids: [john.id] });
    await atJohn.waitFor("notification", ({ data }) => data["title"] === "After typing");
    const typed = atJohn.events.filter(({ event }) => event === "typing");
    expect(typed.map(({ data }) => data["sender_id"])).not.toContain(mia.id);
  });
});

describe("a notification", () => {
  test("reaches one user with its additional data", async () => {
    const response = await notify({ ...notice, user_ids: [john.id], data: { room: "B12" } });
    expect(await response.json()).toMatchObject({ success: true, delivered_to: [123] });
    const { data, id } = await atJohn.waitFor("notification", (e) => e.data["room"] === "B12");
    expectShape(data, documented.events.notification);
    expect(data).toMatchObject(notice);
    expect(id).not.toBeNull();
  });

  test("reaches many, by the ids of either side", async () => {
    const body = { ...notice, title: "All", user_ids: [john.id], external_ids: ["789"] };
    expect(await (await notify(body)).json()).toMatchObject({ delivered_to: [123, 789] });
    await atJohn.waitFor("notification", ({ data }) => data["title"] === "All");
    await atJane.waitFor("notification", ({ data }) => data["title"] === "All");
  });

  test("is nobody's to send without the service key", async () => {
    const path = "/api/service/notifications";
    const response = await jane.call(path, { body: { ...notice, user_ids: [john.id] } });
    expect(response.status).toBe(401);
  });
});

test("a heartbeat comes again and again with the time in seconds", async () => {
  const first = await atJane.waitFor("heartbeat");
  expectShape(first.data, documented.events.heartbeat);
  expect(Math.abs(Number(first.data["timestamp"]) - Date.now() / 1_000)).toBeLessThan(60);
  await atJane.waitFor("heartbeat", ({ data }) => data !== first.data);
});

describe("presence", () => {
  test("is told when someone comes and goes, and listed meanwhile [PRES-2] [PRES-4]", async () => {
    const isMia = ({ data }: { data: Record<string, unknown> }): boolean => data["user_id"] === 456;
    await send(mia, jane, "Hello, I am Mia");
    const atMia = await mia.listen();
    await atJane.waitFor("presence", (e) => isMia(e) && e.data["is_online"] === true);
    const online = await jane.get<OnlineUsers>("chats/online-users/");
    expectShape(online, documented.onlineUsers);
    expect(online.online_users).toEqual(expect.arrayContaining([123, 456]));
    const rows = await jane.get<ConversationRow[]>("chats/conversations/");
    expect(rows.map(({ other_user }) => other_user.is_online)).toEqual([true, true]);
    expect(await mia.get("chats/online-users/")).toEqual({ online_users: [789] });

    await atMia.close();
    const gone = await atJane.waitFor("presence", (e) => isMia(e) && e.data["is_online"] === false);
    expect(gone.data["last_seen"]).toEqual(expect.any(String));
    expect(await jane.get("chats/online-users/")).toEqual({ online_users: [123] });
  });
});

describe("coming back", () => {
  test("with Last-Event-ID brings what was missed, in order and nothing else [RESUME-1]", async () => {
    const before = await mia.listen();
    await before.waitFor("ready");
    await send(jane, mia, "Seen");
    await before.waitFor("message", ({ data }) => data["message"] === "Seen");
    const lastEventId = before.lastEventId();
    await before.close();
    for (const text of ["Missed 1", "Missed 2", "Missed 3"]) {
      // oxlint-disable-next-line no-await-in-loop -- their order is what counts
      await send(jane, mia, text);
    }
    const query = `token=${mia.token}&last_event_id=${lastEventId}`;
    const readers = [await mia.listen({ lastEventId }), await mia.listen({ query })];
    for (const reader of readers) {
      // oxlint-disable-next-line no-await-in-loop -- one reader after the other
      const ready = await reader.waitFor("ready");
      const missed = reader.events.slice(0, reader.events.indexOf(ready));
      const texts = missed.filter(({ event }) => event === "message");
      expect(texts.map(({ data }) => data["message"])).toEqual([
        "Missed 1",
        "Missed 2",
        "Missed 3",
      ]);
      expect(ready.data["last_event_id"]).toBe(ready.id);
    }
    await Promise.all(readers.map((reader) => reader.close()));
  });

  test("with an id of another log is told to read the lists again [RESUME-2]", async () => {
    const reader = await mia.listen({ lastEventId: "anotherlog-5" });
    const reset = await reader.waitFor("reset");
    const ready = await reader.waitFor("ready");
    expect(reset.data).toMatchObject({ reason: expect.any(String) });
    expect(reader.events.indexOf(reset)).toBeLessThan(reader.events.indexOf(ready));
    expect(reader.named("message")).toEqual([]);
    await reader.close();
  });
});

describe("a ticket", () => {
  test("opens one stream, once [AUTH-2]", async () => {
    const answer = await mia.post<{ ticket: string }>("/api/auth/ticket", {});
    expect(answer).toMatchObject({ expires_in: 30 });
    const reader = await mia.listen({ query: `ticket=${answer.ticket}` });
    expect(reader.events.length === 0 || reader.events[0]?.event === "connected").toBe(true);
    expect((await reader.waitFor("connected")).data).toEqual({ status: "connected", user_id: 456 });
    await expect(mia.listen({ query: `ticket=${answer.ticket}` })).rejects.toThrow("401");
    await reader.close();
  });
});
