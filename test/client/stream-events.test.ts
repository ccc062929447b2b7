import { createParser } from "eventsource-parser";
import { describe, expect, test } from "vitest";
import type { ClientEvent } from "../../src/client/client-event.ts";
import { createStreamReader } from "../../src/client/stream-events.ts";
import { renderMessage } from "../../src/http/render.ts";
import { formatEvent, formatFrame } from "../../src/http/sse-events.ts";
import type { DurableEvent, HubFrame } from "../../src/protocol/event.ts";
import { alice, bob, sampleEvent, sampleMessage, withCount } from "../support/sample.ts";

const context = { linkTo: () => "https://chat.test/files/1" };
const at = "2026-01-09T10:30:00.000Z";
const messageIds = [101, 102, 103];

function readAll(text: string): ClientEvent[] {
  const events: ClientEvent[] = [];
  const read = createStreamReader();
  const parser = createParser({
    onEvent({ event: name = "message", data, id }) {
      events.push(...read({ name, data: JSON.parse(data) as Record<string, unknown>, id }));
    },
  });
  parser.feed(text);
  return events;
}

/** What the server writes for it, read by the client. */
function passOn(frame: HubFrame, viewerId: number): ClientEvent[] {
  return readAll(formatFrame(frame, viewerId, context));
}

function passOnEvent(event: DurableEvent, viewerId: number): ClientEvent[] {
  return passOn({ kind: "event", id: "e-7", event }, viewerId);
}

describe("what the server writes to a stream", () => {
  test("of a message becomes one, with the count if there is one", () => {
    const message = renderMessage(sampleMessage(1), context);
    expect(passOnEvent(sampleEvent(1), bob.id)).toEqual([
      { type: "message", message, cursor: "e-7" },
    ]);
    expect(passOnEvent(withCount(sampleEvent(1), 3), bob.id)).toEqual([
      { type: "message", message, unread_count: 3, cursor: "e-7" },
    ]);
  });

  test("of receipts becomes one event for all of them, as on a socket", () => {
    const read = { type: "read", conversationId: 1, reader: bob, messageIds, readAt: at } as const;
    expect(passOnEvent(read, alice.id)).toEqual([
      {
        type: "read_receipt",
        reader_id: bob.id,
        reader_name: "Bob Okafor",
        conversation_id: 1,
        message_ids: messageIds,
        read_at: at,
        cursor: "e-7",
      },
    ]);
    const delivered = { type: "delivered", conversationId: 1, receiverId: bob.id } as const;
    expect(passOnEvent({ ...delivered, messageIds: [101], deliveredAt: at }, alice.id)).toEqual([
      {
        type: "delivery_receipt",
        receiver_id: bob.id,
        conversation_id: 1,
        message_ids: [101],
        delivered_at: at,
        cursor: "e-7",
      },
    ]);
  });

  test("of receipts that break off is told when all of them came, and once", () => {
    const read = { type: "read", conversationId: 1, reader: bob, messageIds, readAt: at } as const;
    const text = formatFrame({ kind: "event", id: "e-7", event: read }, alice.id, context);
    const half = text.slice(0, text.lastIndexOf("id: e-7"));
    expect(readAll(half)).toEqual([]);
    expect(readAll(text)).toHaveLength(1);
  });

  test("of one's own reading becomes an absolute count", () => {
    const unread = { count: 2, version: 9 };
    const read = { type: "read", conversationId: 1, reader: bob, messageIds, readAt: at } as const;
    expect(passOnEvent({ ...read, unread }, bob.id)).toEqual([
      {
        type: "unread",
        conversation_id: 1,
        unread_count: 2,
        message_ids: messageIds,
        read_at: at,
        cursor: "e-7",
      },
    ]);
  });

  test("of a notification keeps what the service added, but not in the place of what is the chat's", () => {
    const said = {
      type: "notification",
      id: "n",
      title: "T",
      message: "M",
      createdAt: at,
    } as const;
    const data = { order: 5, type: "own", cursor: "own" };
    const event = { ...said, notificationType: "order", data } as const;
    expect(passOnEvent(event, bob.id)).toEqual([
      {
        type: "notification",
        title: "T",
        message: "M",
        notification_type: "order",
        id: "n",
        timestamp: at,
        order: 5,
        cursor: "e-7",
      },
    ]);
  });

  test("between events becomes what it says", () => {
    expect(passOn({ kind: "ready", id: "e-7" }, 1)).toEqual([{ type: "ready", cursor: "e-7" }]);
    expect(passOn({ kind: "reset", id: "f-1", reason: "unknown-cursor" }, 1)).toEqual([
      { type: "reset", reason: "unknown-cursor", cursor: "f-1" },
    ]);
    const typing = { type: "typing", sender: alice, isTyping: true } as const;
    expect(passOn({ kind: "signal", signal: typing }, 2)).toEqual([
      { type: "typing", sender_id: 1, sender_name: "Alice Moreau", is_typing: true },
    ]);
    const presence = { type: "presence", userId: 1, isOnline: false, lastSeen: at } as const;
    expect(passOn({ kind: "signal", signal: presence }, 2)).toEqual([
      { type: "presence", user_id: 1, is_online: false, last_seen: at },
    ]);
    const rest =
      formatEvent("connected", { status: "connected", user_id: 2 }) +
      formatEvent("heartbeat", { timestamp: 1.5 }) +
      formatEvent("error", { code: "token-expired", detail: "Over" }) +
      formatEvent("sparkle", { of: "a newer server" });
    expect(readAll(rest)).toEqual([
      { type: "connected", user_id: 2 },
      { type: "heartbeat", timestamp: 1.5 },
    ]);
  });
});
