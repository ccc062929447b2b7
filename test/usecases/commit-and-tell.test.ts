import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/memory/clock.ts";
import { createMemoryRateLimiter } from "../../src/adapters/memory/rate-limiter.ts";
import { createMemorySendGate } from "../../src/adapters/memory/send-gate.ts";
import { createMemoryUnreadCounters } from "../../src/adapters/memory/unread-counters.ts";
import type { HistoryStore } from "../../src/ports/history-store.ts";
import { defaultLimits } from "../../src/protocol/limits.ts";
import { markRead } from "../../src/usecases/mark-read.ts";
import { notify } from "../../src/usecases/notify.ts";
import { sendMessage } from "../../src/usecases/send-message.ts";
import { createQuietHubs } from "../support/quiet-hubs.ts";
import { alice, bob, sampleMessage } from "../support/sample.ts";

const config = {
  limits: defaultLimits,
  accounts: false,
  queryToken: true,
  allowedOrigins: [],
  publicUrl: null,
  serviceKey: null,
  version: "test",
};

function createPorts(history: Partial<HistoryStore>) {
  const hubs = createQuietHubs();
  const kept: Promise<unknown>[] = [];
  const failed: string[] = [];
  const ports = {
    config,
    history: history as HistoryStore,
    hubs,
    unread: createMemoryUnreadCounters(),
    limiter: createMemoryRateLimiter(systemClock),
    sendGate: createMemorySendGate(systemClock, defaultLimits),
    clock: systemClock,
    log: { info: () => undefined, error: (event: string) => void failed.push(event) },
    later: (work: Promise<unknown>) => void kept.push(work),
  };
  return { ports, hubs, kept, failed };
}

describe("what follows a commit", () => {
  test("[SEND-6] is kept going together with the commit, before that has answered", async () => {
    const commit = Promise.withResolvers<Awaited<ReturnType<HistoryStore["sendMessage"]>>>();
    const { ports, hubs, kept } = createPorts({ sendMessage: () => commit.promise });
    const input = { receiverId: bob.id, text: "hi", clientId: null, attachment: null };
    const answer = sendMessage(ports, alice, input);
    expect(kept).toHaveLength(1);
    expect(hubs.delivered).toEqual([]);
    const receiverUnread = { count: 1, version: 1 };
    commit.resolve({ status: "stored", message: sampleMessage(1), receiverUnread });
    await kept[0];
    expect(hubs.delivered.map(({ userId }) => userId).toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect((await answer).isReplay).toBe(false);
  });

  test("[UNREAD-2] a mark-read that finds nothing to mark brings cache and hub up to date", async () => {
    const count = { conversationId: 1, count: 0, version: 9 };
    const unread = [{ ...count, otherUserId: alice.id, otherUserName: "Alice" }];
    const { ports, kept } = createPorts({
      markRead: async () => [],
      listUnread: async () => unread,
    });
    const result = await markRead(ports, bob, { by: "conversation", conversationId: 1 });
    expect(result.markedCount).toBe(0);
    await Promise.all(kept);
    expect(await ports.unread.read(bob.id)).toEqual(unread);
  });

  test("[NOTE-1] a notification is answered as delivered only where a hub has taken it", async () => {
    const { ports, hubs, failed } = createPorts({});
    const deliver = hubs.deliver.bind(hubs);
    const reached = await notify(
      {
        ...ports,
        users: { findIds: async () => [1, 2] } as never,
        hubs: Object.assign(hubs, {
          deliver: (...call: Parameters<typeof deliver>) =>
            call[0] === 2 ? Promise.reject(new Error("away")) : deliver(...call),
        }),
      },
      {
        id: "n1",
        userIds: [1, 2],
        externalIds: [],
        title: "t",
        message: "m",
        notificationType: "notice",
        data: {},
      },
    );
    expect(reached).toEqual([1]);
    expect(failed).toEqual(["notification.failed"]);
  });
});
