import { describe, expect, test } from "vitest";
import type { ChatUser } from "../../src/client/chat-user.ts";
import {
  applyMessage,
  putListed,
  setTyping,
  setUnread,
  setUser,
} from "../../src/client/conversation-list.ts";
import type { ConversationEntry, ConversationList } from "../../src/client/conversation-list.ts";
import type { ChatMessage } from "../../src/protocol/chat-message.ts";
import { otherId, ownMessage, receivedMessage, viewerId } from "./support/sample-messages.ts";

const other: ChatUser = {
  id: otherId,
  username: "user9",
  full_name: "Name 9",
  avatar: null,
  is_online: true,
  last_seen: null,
};

function take(list: ConversationList, message: ChatMessage, unreadCount?: number) {
  return applyMessage(list, { message, viewerId, other, unreadCount, unreadBefore: 0 });
}

function listed(
  id: number,
  at: string,
  change: Partial<ConversationEntry> = {},
): ConversationEntry {
  return {
    conversation_id: id,
    other_user: { ...other, id: 100 + id },
    last_message: `last of ${id}`,
    last_message_at: at,
    last_message_by_me: false,
    unread_count: 0,
    is_typing: false,
    updated_at: at,
    last_seq: null,
    ...change,
  };
}

describe("a message", () => {
  test("makes a row for a conversation that is new", () => {
    const [row] = take([], receivedMessage(1));
    expect(row).toMatchObject({ conversation_id: 1, last_message: "message 1", unread_count: 1 });
    expect(row!.other_user).toBe(other);
  });

  test("counts from what was unread in a conversation that was not loaded", () => {
    const news = { message: receivedMessage(5), viewerId, other, unreadCount: undefined };
    expect(applyMessage([], { ...news, unreadBefore: 4 })[0]!.unread_count).toBe(5);
  });

  test("moves its row to the top", () => {
    const list = [listed(2, "2026-01-09T10:00:30.000Z"), listed(1, "2026-01-09T10:00:10.000Z")];
    expect(take(list, receivedMessage(40)).map((row) => row.conversation_id)).toEqual([1, 2]);
  });

  test("counts once, however often it comes", () => {
    const once = take(take([], receivedMessage(1)), receivedMessage(2));
    expect(once[0]!.unread_count).toBe(2);
    expect(take(once, receivedMessage(2))).toBe(once);
    expect(take(once, receivedMessage(1))).toBe(once);
  });

  test("that the server has counted already is not counted again", () => {
    const at = receivedMessage(3).timestamp;
    const list = [listed(1, at, { unread_count: 3 })];
    expect(take(list, receivedMessage(3))).toBe(list);
    expect(take(list, receivedMessage(4))[0]!.unread_count).toBe(4);
  });

  test("with the server's count takes that", () => {
    expect(take([], receivedMessage(1), 6)[0]!.unread_count).toBe(6);
  });

  test("of one's own leaves the count alone", () => {
    const list = take(take([], receivedMessage(1)), ownMessage(2));
    expect(list[0]).toMatchObject({ unread_count: 1, last_message_by_me: true });
  });

  test("ends the typing of who wrote it", () => {
    const typing = setTyping(take([], receivedMessage(1)), otherId, true);
    expect(typing[0]!.is_typing).toBe(true);
    expect(take(typing, receivedMessage(2))[0]!.is_typing).toBe(false);
  });

  test("without a text is shown by its file's name", () => {
    const file = receivedMessage(1, { message: "", attachment_name: "plan.pdf" });
    expect(take([], file)[0]!.last_message).toBe("plan.pdf");
  });
});

test("what the server lists gives way to what changed meanwhile", () => {
  const known = [listed(2, "2026-01-09T10:00:30.000Z"), listed(1, "2026-01-09T10:00:10.000Z")];
  const fresh = (id: number) => listed(id, "2026-01-09T10:00:40.000Z", { unread_count: 9 });
  const list = putListed(known, [fresh(1), fresh(2), fresh(3)], new Set([1]));
  expect(list.map((row) => [row.conversation_id, row.unread_count])).toEqual([
    [3, 9],
    [2, 9],
    [1, 0],
  ]);
});

test("nothing new is the same list", () => {
  const list = take([], receivedMessage(1));
  expect(setUnread(list, 1, 1)).toBe(list);
  expect(setUser(list, other)).toBe(list);
  expect(setTyping(list, otherId, false)).toBe(list);
  expect(setUnread(list, 1, 0)[0]!.unread_count).toBe(0);
});
