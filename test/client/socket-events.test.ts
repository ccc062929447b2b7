import { describe, expect, test } from "vitest";
import { readSocketFrame, toChatMessage } from "../../src/client/socket-events.ts";
import { renderMessage } from "../../src/http/render.ts";
import { chatMessageSchema } from "../../src/protocol/chat-api.ts";
import { renderMessagingMessage } from "../../src/protocol/messaging-message.ts";
import { socketFrameSchemas, socketSurfaces } from "../../src/protocol/socket-api.ts";
import type { SocketFrameType } from "../../src/protocol/socket-api.ts";
import { sampleMessage } from "../support/sample.ts";

const now = Date.UTC(2026, 0, 9, 10, 30);
const at = "2026-01-09T10:30:00.000Z";
const linkTo = (): string => "https://chat.test/files/1";
const message = renderMessagingMessage(sampleMessage(3, { clientId: "key" }), linkTo);
const read = { conversation_id: 1, message_ids: [101, 102], read_at: at };
const event_id = "e-7";
const conversation = {
  id: 1,
  participants: [],
  other_user: {
    id: 2,
    username: "bob",
    full_name: "",
    avatar: null,
    is_online: true,
    last_seen: null,
  },
  last_message: null,
  unread_count: 0,
  updated_at: at,
};

/** Each frame that the server may say on /ws/messaging/, and what it becomes. */
const frames: Record<string, [Record<string, unknown>, object[]]> = {
  connection_established: [{ user_id: 2 }, [{ type: "connected", user_id: 2 }]],
  ready: [{ event_id }, [{ type: "ready", cursor: event_id }]],
  reset: [
    { reason: "log-too-short", event_id },
    [{ type: "reset", reason: "log-too-short", cursor: event_id }],
  ],
  message: [
    { message, unread_count: 4, event_id },
    [{ type: "message", message: toChatMessage(message), unread_count: 4, cursor: event_id }],
  ],
  message_sent: [
    { id: message.id, client_id: "key", seq: 3, message, event_id, ref: "r" },
    [{ type: "message", message: toChatMessage(message), cursor: event_id }],
  ],
  read_receipt: [
    { reader_id: 2, reader_name: "Bob", ...read, event_id },
    [{ type: "read_receipt", reader_id: 2, reader_name: "Bob", ...read, cursor: event_id }],
  ],
  delivery_receipt: [
    { receiver_id: 2, conversation_id: 1, message_ids: [101], delivered_at: at, event_id },
    [
      {
        type: "delivery_receipt",
        receiver_id: 2,
        conversation_id: 1,
        message_ids: [101],
        delivered_at: at,
        cursor: event_id,
      },
    ],
  ],
  unread: [
    { ...read, unread_count: 0, event_id },
    [{ type: "unread", ...read, unread_count: 0, cursor: event_id }],
  ],
  notification: [
    {
      title: "T",
      message: "M",
      notification_type: "order",
      id: "n",
      timestamp: at,
      order: { id: 5 },
      cursor: "the service's own",
      event_id,
    },
    [
      {
        type: "notification",
        title: "T",
        message: "M",
        notification_type: "order",
        id: "n",
        timestamp: at,
        order: { id: 5 },
        cursor: event_id,
      },
    ],
  ],
  typing: [
    { sender_id: 1, sender_name: "Alice", is_typing: true },
    [{ type: "typing", sender_id: 1, sender_name: "Alice", is_typing: true }],
  ],
  presence: [
    { user_id: 1, is_online: false, last_seen: at },
    [{ type: "presence", user_id: 1, is_online: false, last_seen: at }],
  ],
  presence_list: [
    {
      users: [
        { user_id: 1, is_online: true, last_seen: null },
        { user_id: 3, is_online: false, last_seen: at },
      ],
    },
    [
      { type: "presence", user_id: 1, is_online: true, last_seen: null },
      { type: "presence", user_id: 3, is_online: false, last_seen: at },
    ],
  ],
  pong: [{}, [{ type: "heartbeat", timestamp: now / 1_000 }]],
  error: [{ code: "rate-limited", detail: "Slowly" }, []],
  read_done: [{ marked_count: 1, read_at: at }, []],
  conversation: [{ conversation }, []],
  conversations: [{ results: [conversation], next_cursor: null }, []],
};

describe("a frame of the messaging socket", () => {
  test("is known by this test, whichever it is", () => {
    expect(Object.keys(frames).toSorted()).toEqual(socketSurfaces.messaging.frames.toSorted());
  });

  test.each(Object.entries(frames))(
    "%s becomes the event of that name",
    (type, [fields, events]) => {
      const frame = { type, ...fields };
      expect(() => socketFrameSchemas[type as SocketFrameType].parse(frame)).not.toThrow();
      expect(readSocketFrame(frame, now)).toEqual(events);
    },
  );

  test("of a type that nobody knows yet is let pass", () => {
    expect(readSocketFrame({ type: "sparkle", event_id }, now)).toEqual([]);
  });
});

describe("a message of the messaging API", () => {
  test("becomes the same message of the SSE chat API, but for where the file is kept", () => {
    const attachment = {
      id: "a",
      kind: "image",
      name: "cat.png",
      contentType: "image/png",
      size: 5,
    } as const;
    for (const stored of [sampleMessage(1), sampleMessage(2, { attachment, readAt: at })]) {
      const converted = toChatMessage(renderMessagingMessage(stored, linkTo));
      expect(converted).toEqual({ ...renderMessage(stored, { linkTo }), attachment: null });
      expect(chatMessageSchema.strict().parse(converted)).toEqual(converted);
    }
  });
});
