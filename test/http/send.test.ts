import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemorySendGate } from "../../src/adapters/memory/send-gate.ts";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { chatPath, openHttpRig, problemOf } from "../support/http-rig.ts";
import type { HttpRig } from "../support/http-rig.ts";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});
afterAll(() => rig.close());

async function send(text: string, more: object = {}): Promise<ChatMessage> {
  const json = { receiver_id: rig.bob.person.id, message: text, ...more };
  const response = await rig.call(`${chatPath}/chats/`, { as: rig.alice, json });
  expect(response.status).toBe(201);
  return (await response.json()) as ChatMessage;
}

describe("sending", () => {
  it("answers 201 with the documented fields first, in the documented order [WIRE-1]", async () => {
    const message = await send("Hello! How are you?");
    expect(Object.keys(message)).toEqual([
      "id",
      "sender",
      "sender_name",
      "sender_username",
      "sender_avatar",
      "receiver",
      "receiver_name",
      "receiver_username",
      "receiver_avatar",
      "conversation",
      "message",
      "attachment",
      "attachment_url",
      "attachment_type",
      "is_read",
      "read_at",
      "delivered_at",
      "timestamp",
      "sender_id",
      "receiver_id",
      "conversation_id",
      "client_id",
      "seq",
      "uuid",
      "attachment_name",
      "attachment_size",
    ]);
    expect(message).toMatchObject({
      sender: rig.alice.person.id,
      sender_name: "Alice Moreau",
      sender_username: "alice",
      receiver: rig.bob.person.id,
      receiver_name: "Bob Okafor",
      message: "Hello! How are you?",
      attachment: null,
      attachment_url: null,
      attachment_type: null,
      is_read: false,
      read_at: null,
      delivered_at: null,
    });
    expect(message.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  });

  it("tells the receiver's hub and the sender's own [SEND-6]", async () => {
    rig.hubs.delivered.length = 0;
    const { id } = await send("both of us");
    const told = rig.hubs.delivered.map(({ userId, event }) => [
      userId,
      event.type === "message" && event.message.id,
    ]);
    expect(told).toEqual([
      [rig.bob.person.id, id],
      [rig.alice.person.id, id],
    ]);
  });

  it("takes an id written as text, and null for no attachment [ID-1]", async () => {
    const message = await send("text id", {
      receiver_id: String(rig.bob.person.id),
      attachment: null,
    });
    expect(message.receiver).toBe(rig.bob.person.id);
  });

  it("ignores what a client says about sender, order, time and reading [WIRE-2]", async () => {
    const sent = { sender_id: rig.bob.person.id, seq: 999, is_read: true, timestamp: "1999" };
    const message = await send("mine", { ...sent, sender: 1, id: 1 });
    expect(message).toMatchObject({ sender: rig.alice.person.id, is_read: false });
    expect(message.seq).toBeLessThan(999);
    expect(message.timestamp).not.toBe("1999");
  });

  it.each(["", "/"])("answers at an address that ends in %j [URL-1]", async (end) => {
    const json = { receiver_id: rig.bob.person.id, message: "slash" };
    const response = await rig.call(`${chatPath}/chats${end}`, { as: rig.alice, json });
    expect(response.status).toBe(201);
  });

  it("answers a repeated client_id with 200 and the first message [SEND-2]", async () => {
    const first = await send("once", { client_id: "once-1" });
    const json = { receiver_id: rig.bob.person.id, message: "once", client_id: "once-1" };
    const again = await rig.call(`${chatPath}/chats/`, { as: rig.alice, json });
    expect(again.status).toBe(200);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await again.json()).toEqual(first);
  });

  it("reads the client id from Idempotency-Key, too [SEND-2]", async () => {
    const headers = { "Idempotency-Key": '"by-header"' };
    const json = { receiver_id: rig.bob.person.id, message: "by header" };
    const call = { as: rig.alice, headers, json };
    const first = await rig.call(`${chatPath}/chats/`, call);
    expect(((await first.json()) as ChatMessage).client_id).toBe("by-header");
    expect((await rig.call(`${chatPath}/chats/`, call)).status).toBe(200);
  });

  it("answers 409 when a client_id comes back with other content [SEND-2]", async () => {
    await send("one", { client_id: "conflict-1" });
    const json = { receiver_id: rig.bob.person.id, message: "two", client_id: "conflict-1" };
    const response = await rig.call(`${chatPath}/chats/`, { as: rig.alice, json });
    expect(await problemOf(response)).toMatchObject({ status: 409, code: "idempotency-conflict" });
  });

  it("answers 429 with the time to wait once the limit is reached [SEND-5]", async () => {
    const limits = { ...rig.ports.config.limits, sendBurst: 1, sendPerSecond: 0.5 };
    const { limiter } = rig.ports;
    const app = rig.appWith({
      config: { limits },
      ports: { limiter: { take: (key, rule) => limiter.take(`limited:${key}`, rule) } },
    });
    const json = { receiver_id: rig.bob.person.id, message: "fast" };
    const call = () => app.call(`${chatPath}/chats/`, { as: rig.alice, json });
    expect((await call()).status).toBe(201);
    const refused = await call();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("2");
    expect(await refused.json()).toMatchObject({
      code: "rate-limited",
      retry_after_ms: expect.any(Number),
    });
  });

  it("answers 503 at once where too much waits, stores nothing, and goes on with all else [SEND-7] [ERR-1]", async () => {
    const [first, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { history, clock } = rig.ports;
    const app = rig.appWith({
      ports: {
        sendGate: createMemorySendGate(clock, { sendsWaiting: 1, sendWaitMs: 0 }),
        history: {
          ...history,
          async sendMessage(message) {
            first.resolve();
            await answered.promise;
            return history.sendMessage(message);
          },
        },
      },
    });
    const before = await rig.countMessages();
    const json = { receiver_id: rig.bob.person.id, message: "too much" };
    const call = () => app.call(`${chatPath}/chats/`, { as: rig.alice, json });
    const waiting = call();
    await first.promise;
    const refused = await call();
    expect(refused.headers.get("Retry-After")).toBe("1");
    expect(await problemOf(refused)).toMatchObject({ status: 503, code: "overloaded" });
    // Neither the token nor the body costs anything then.
    const unread = await app.call(`${chatPath}/chats/`, { json: { receiver_id: "nobody" } });
    expect(await problemOf(unread)).toMatchObject({ status: 503, code: "overloaded" });
    const reading = await app.call(`${chatPath}/chats/conversations/`, { as: rig.alice });
    expect(reading.status).toBe(200);
    answered.resolve();
    expect((await waiting).status).toBe(201);
    expect((await call()).status).toBe(201);
    expect(await rig.countMessages()).toBe(before + 2);
  });
});
