import { EventSource } from "eventsource";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { communication, signIn } from "../support/people.ts";
import type { ChatPerson } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";
import { createChatApi, documentedEvents, listenAsDocumented } from "./browser-client.ts";
import type { BrowserStream } from "./browser-client.ts";
import * as documented from "./documented.ts";
import { expectShape } from "./expect-shape.ts";

let server: TestServer;
let jane: ChatPerson;
let john: ChatPerson;

beforeAll(async () => {
  const limits = JSON.stringify({ heartbeatMs: 500, sendBurst: 1_000 });
  server = await startServer({ DEMO: "off", LIMITS: limits });
  jane = await signIn(server, documented.people.jane);
  john = await signIn(server, documented.people.john);
});

afterAll(() => server?.dispose());

function streamUrl(person: ChatPerson): string {
  return `${server.url}${communication}/sse/events/?token=${person.token}`;
}

describe("the document's chatAPI", () => {
  test("gets what it asks for from every endpoint", async () => {
    const janes = createChatApi(`${server.url}/api/v1`, jane.token);
    const johns = createChatApi(`${server.url}/api/v1`, john.token);

    const sent = await janes.sendMessage(john.id, "Hello! How are you?");
    expect(sent.status).toBe(201);
    expectShape(sent.data, documented.sent);
    const photo = new File(["not really a photo"], "photo.txt");
    const withFile = await janes.sendMessage(john.id, "And this", photo);
    expect(withFile.data).toMatchObject({ attachment_type: "document" });

    const { data: rows } = await johns.getConversations();
    expectShape(rows, documented.conversations);
    const unread = rows.reduce((sum, conversation) => sum + conversation.unread_count, 0);
    expect(unread).toBe(2);
    const counts = await johns.getUnreadCount();
    expectShape(counts.data, documented.unreadCount);

    const page = await johns.getMessages(jane.id, { limit: 1, before_id: withFile.data.id });
    expect(page.data.messages.map(({ id }) => id)).toEqual([sent.data.id]);
    const marked = await johns.markAsRead(rows[0]?.conversation_id ?? 0);
    expectShape(marked.data, documented.marked);
    expect((await janes.getMessages(john.id)).data.messages[0]).toMatchObject({ is_read: true });
    expectShape((await janes.getMessages(john.id)).data, documented.history);

    expectShape((await johns.sendTyping(jane.id, true)).data, documented.typed);
    expect((await johns.sendTyping(jane.id, false)).status).toBe(200);
    expect((await johns.getOnlineUsers()).data).toEqual({ online_users: [] });
  });
});

describe("the document's EventSource", () => {
  test("hears all six documented events, each with its documented data", async () => {
    const janes = createChatApi(`${server.url}/api/v1`, jane.token);
    const johns = createChatApi(`${server.url}/api/v1`, john.token);
    const stream = listenAsDocumented(streamUrl(jane));
    await stream.waitFor("connected");
    await stream.waitFor("heartbeat");

    const { data: mine } = await janes.sendMessage(john.id, "Will you read this?");
    await johns.sendTyping(jane.id, true);
    await johns.sendMessage(jane.id, "Yes");
    await johns.markAsRead(mine.conversation);
    await fetch(`${server.url}/api/service/notifications`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${server.serviceKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ ...documented.events.notification, user_ids: [jane.id] }),
    });

    for (const name of documentedEvents) {
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      const { data } = await stream.waitFor(name);
      expectShape(data, documented.events[name]);
    }
    const receipt = await stream.waitFor("read_receipt", (data) => data["message_id"] === mine.id);
    expect(receipt.data).toMatchObject({ reader_id: john.id });
    stream.close();
  });

  test("is told of a wrong token by an error and does not try again", async () => {
    const source = new EventSource(`${server.url}${communication}/sse/events/?token=wrong`);
    const error = await new Promise<{ code?: number | undefined }>((resolve) => {
      source.addEventListener("error", resolve);
    });
    expect([error.code, source.readyState]).toEqual([401, EventSource.CLOSED]);
    source.close();
  });
});

describe("an EventSource over a restart", () => {
  let count = 0;

  async function send(): Promise<string> {
    count += 1;
    const message = `Message ${count}`;
    await jane.post("chats/", { receiver_id: john.id, message });
    return message;
  }

  function textsAt(stream: BrowserStream): unknown[] {
    return stream.events
      .filter(({ event, data }) => event === "message" && data["sender_id"] === jane.id)
      .map(({ data }) => data["message"]);
  }

  test.each([
    ["stopped", (): Promise<unknown> => server.stop()],
    ["killed", (): Promise<unknown> => server.killHard()],
  ])(
    "that was %s comes back by itself, with nothing lost or doubled [RESUME-1]",
    async (_, end) => {
      const stream = listenAsDocumented(streamUrl(john));
      await stream.waitFor("connected");
      await stream.waitFor("ready");
      const sent = [await send(), await send()];
      await stream.waitFor("message", (data) => data["message"] === sent[1]);

      await end();
      await server.restart();
      sent.push(await send(), await send(), await send());
      await stream.waitFor("connected", undefined, 2);
      sent.push(await send());
      await stream.waitFor("message", (data) => data["message"] === sent.at(-1));

      expect(textsAt(stream)).toEqual(sent);
      expect(stream.events.filter(({ event }) => event === "reset")).toEqual([]);
      expect(stream.presented.at(-1)).toMatch(/^[a-z0-9]+-\d+$/);
      stream.close();
    },
  );
});
