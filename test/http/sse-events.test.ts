import { describe, expect, it } from "vitest";
import { formatFrame } from "../../src/http/sse-events.ts";
import type { DurableEvent } from "../../src/protocol/event.ts";
import { alice, bob, sampleEvent, withCount } from "../support/sample.ts";

const context = { linkTo: () => "" };

function eventsOf(event: DurableEvent, viewerId: number) {
  const text = formatFrame({ kind: "event", id: "log-7", event }, viewerId, context);
  return text
    .split("\n\n")
    .slice(0, -1)
    .map((block) => {
      const lines = block.split("\n").map((line) => /^(\w+): (.*)$/.exec(line)!.slice(1));
      const { id, event: name, data } = Object.fromEntries(lines) as Record<string, string>;
      return { id, name, data: JSON.parse(data!) as Record<string, unknown> };
    });
}

const messageIds = [101, 102, 103];
const at = "2026-01-09T10:30:00.000Z";

describe("an event of the hub", () => {
  it.each<[string, DurableEvent]>([
    ["read_receipt", { type: "read", conversationId: 1, reader: bob, messageIds, readAt: at }],
    [
      "delivery_receipt",
      { type: "delivered", conversationId: 1, receiverId: bob.id, messageIds, deliveredAt: at },
    ],
  ])("that makes several of %s has its id at the last [RESUME-3]", (name, event) => {
    const events = eventsOf(event, alice.id);
    expect(events.map((each) => each.name)).toEqual([name, name, name]);
    expect(events.map(({ data }) => data["message_id"])).toEqual(messageIds);
    expect(events.map(({ id }) => id)).toEqual([undefined, undefined, "log-7"]);
  });

  it("that is a message begins with the documented fields [WIRE-1]", () => {
    const [message] = eventsOf(sampleEvent(1), bob.id);
    expect(Object.keys(message!.data).slice(0, 10)).toEqual([
      "id",
      "sender_id",
      "sender_name",
      "receiver_id",
      "message",
      "attachment",
      "attachment_type",
      "timestamp",
      "is_read",
      "conversation_id",
    ]);
  });

  it("that is a message tells its receiver the count at its end, where the log knows it [UNREAD-3] [WIRE-1]", () => {
    const dataOf = (event: DurableEvent, viewerId: number) => eventsOf(event, viewerId)[0]!.data;
    const plain = dataOf(sampleEvent(1), bob.id);
    expect(plain).not.toHaveProperty("unread_count");
    const counted = dataOf(withCount(sampleEvent(1), 3), bob.id);
    expect(Object.entries(counted)).toEqual([...Object.entries(plain), ["unread_count", 3]]);
    expect(dataOf(withCount(sampleEvent(1), 3), alice.id)).not.toHaveProperty("unread_count");
  });
});
