import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { chatPath, openHttpRig } from "../support/http-rig.ts";
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

async function read<T>(path: string, as = rig.alice): Promise<T> {
  const response = await rig.call(`${chatPath}${path}`, { as });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

describe("reading", () => {
  interface History {
    conversation_id: number | null;
    other_user: Record<string, unknown>;
    messages: ChatMessage[];
    has_more: boolean;
  }
  const historyOf = (query = "", as = rig.alice) =>
    read<History>(`/chats/conversation/${rig.bob.person.id}/${query}`, as);

  it("lists the newest message first and pages by before_id, offset and limit [HIST-1]", async () => {
    await send("page 1");
    await send("page 2");
    await send("page 3");
    const newest = await historyOf("?limit=2");
    expect(newest.messages.map(({ message }) => message)).toEqual(["page 3", "page 2"]);
    expect(newest.has_more).toBe(true);
    const older = await historyOf(`?limit=1&before_id=${newest.messages[1]!.id}`);
    expect(older.messages.map(({ message }) => message)).toEqual(["page 1"]);
    const shifted = await historyOf("?limit=1&offset=1");
    expect(shifted.messages.map(({ message }) => message)).toEqual(["page 2"]);
    expect(Object.keys(newest)).toEqual(["conversation_id", "other_user", "messages", "has_more"]);
  });

  it("gives the maximum for a limit above it [HIST-2]", async () => {
    expect((await historyOf("?limit=1000000000")).messages.length).toBeLessThanOrEqual(100);
  });

  it("answers for someone never written to with null and no messages [HIST-2]", async () => {
    const { conversation_id, messages, has_more, other_user } = await historyOf("", rig.carol);
    expect({ conversation_id, messages, has_more }).toEqual({
      conversation_id: null,
      messages: [],
      has_more: false,
    });
    expect(other_user).toEqual({
      id: rig.bob.person.id,
      username: "bob",
      full_name: "Bob Okafor",
      avatar: null,
      is_online: false,
    });
  });

  it("lists conversations as a bare array in the documented shape [WIRE-1]", async () => {
    rig.hubs.online.add(rig.alice.person.id);
    await send("the last one");
    const list = await read<Record<string, unknown>[]>("/chats/conversations/", rig.bob);
    rig.hubs.online.clear();
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({
      other_user: { id: rig.alice.person.id, username: "alice", is_online: true },
      last_message: "the last one",
      last_message_by_me: false,
      unread_count: expect.any(Number),
    });
    expect(Object.keys(list[0]!)).toEqual([
      "conversation_id",
      "other_user",
      "last_message",
      "last_message_at",
      "last_message_by_me",
      "unread_count",
      "updated_at",
    ]);
  });

  it("gives the next page of conversations in the Link header [HIST-2]", async () => {
    const json = { receiver_id: rig.carol.person.id, message: "hi" };
    await rig.call(`${chatPath}/chats/`, { as: rig.bob, json });
    const first = await rig.call(`${chatPath}/chats/conversations/?limit=1`, { as: rig.bob });
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get("Link") ?? "")?.[1];
    const second = await rig.call(next!, { as: rig.bob });
    const ids = [...((await first.json()) as []), ...((await second.json()) as [])].map(
      ({ other_user: { id } }: { other_user: { id: number } }) => id,
    );
    expect(ids).toEqual([rig.carol.person.id, rig.alice.person.id]);
  });

  it("counts what is unread, in all and per conversation [UNREAD-2]", async () => {
    await rig.call(`${chatPath}/chats/mark-read/`, {
      as: rig.bob,
      json: { sender_id: rig.alice.person.id },
    });
    await send("unread");
    const unread = await read<Record<string, unknown>>("/chats/unread-count/", rig.bob);
    expect(unread).toEqual({
      total_unread: 1,
      conversations: [
        {
          conversation_id: expect.any(Number),
          unread_count: 1,
          other_user_id: rig.alice.person.id,
          other_user_name: "Alice Moreau",
        },
      ],
    });
  });

  it("lists who is online among the people one writes with [PRES-4]", async () => {
    rig.hubs.online.add(rig.alice.person.id);
    expect(await read("/chats/online-users/", rig.bob)).toEqual({
      online_users: [rig.alice.person.id],
    });
    rig.hubs.online.clear();
  });
});

describe("marking as read", () => {
  const mark = async (json: object) => {
    const response = await rig.call(`${chatPath}/chats/mark-read/`, { as: rig.bob, json });
    expect(response.status).toBe(200);
    return (await response.json()) as { success: true; marked_count: number; read_at: string };
  };

  it("marks exactly the messages named, once [READ-3]", async () => {
    const one = await send("one");
    const two = await send("two");
    const ids = [String(one.id), two.id, two.id, 999_999_999];
    const marked = await mark({ message_ids: ids });
    expect(Object.keys(marked)).toEqual(["success", "marked_count", "read_at"]);
    expect(marked).toMatchObject({ success: true, marked_count: 2 });
    expect((await mark({ message_ids: ids })).marked_count).toBe(0);
  });

  it("marks a whole conversation or everything of one sender [READ-3]", async () => {
    const { conversation_id } = await send("a");
    await send("b");
    const marked = await mark({ conversation_id, message_ids: null });
    expect(marked.marked_count).toBeGreaterThanOrEqual(2);
    await send("c");
    expect((await mark({ sender_id: rig.alice.person.id })).marked_count).toBe(1);
  });
});

describe("typing", () => {
  it("tells someone one writes with [TYPE-1]", async () => {
    await send("we write");
    const json = { receiver_id: rig.bob.person.id, is_typing: true };
    const response = await rig.call(`${chatPath}/chats/typing/`, { as: rig.alice, json });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ success: true });
    expect(rig.hubs.typed.at(-1)).toMatchObject({ receiverId: rig.bob.person.id, isTyping: true });
  });

  it("wakes nobody for someone one does not write with [TYPE-2]", async () => {
    const json = { receiver_id: rig.carol.person.id, is_typing: true };
    const response = await rig.call(`${chatPath}/chats/typing/`, { as: rig.alice, json });
    expect(await response.json()).toEqual({ success: true });
    expect(rig.hubs.typed.every(({ receiverId }) => receiverId !== rig.carol.person.id)).toBe(true);
  });
});
