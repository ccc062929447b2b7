import { describe, expect, it } from "vitest";
import type { HistoryStore } from "../../src/ports/history-store.ts";
import type { Person } from "../../src/protocol/person.ts";
import { firstPage, isoTime, messageFrom, newPair, newPeople, sendAll } from "./history-people.ts";
import type { StoresUnderTest } from "./history-people.ts";

export function testMarking(stores: () => StoresUnderTest): void {
  testMarkRead(stores);
  testForeign(stores);
  testUnread(stores);

  describe("marking as delivered", () => {
    it("tells what it changed, once [READ-1]", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      const fromAlice = await sendAll(history, [alice!, bob!], ["1", "2"]);
      const [fromCarol] = await sendAll(history, [carol!, bob!], ["3"]);
      const [own] = await sendAll(history, [bob!, alice!], ["4"]);
      const ids = [fromAlice[1]!.id, fromAlice[0]!.id, own!.id, fromCarol!.id, 8_999_999_999_999];
      const changes = await history.markDelivered(bob!.id, ids);
      expect(changes).toEqual([
        {
          conversationId: fromAlice[0]!.conversationId,
          senderId: alice!.id,
          messageIds: [fromAlice[0]!.id, fromAlice[1]!.id],
          deliveredAt: expect.stringMatching(isoTime),
        },
        {
          conversationId: fromCarol!.conversationId,
          senderId: carol!.id,
          messageIds: [fromCarol!.id],
          deliveredAt: changes[0]!.deliveredAt,
        },
      ]);
      expect(await history.markDelivered(bob!.id, ids)).toEqual([]);
      expect(await history.markDelivered(bob!.id, [])).toEqual([]);
      expect(await history.listUnread(bob!.id)).toMatchObject([{ count: 2 }, { count: 1 }]);
    });
  });
}

async function stateOf(history: HistoryStore, [reader, other]: [Person, Person]) {
  const { messages } = (await history.readHistory(other.id, reader.id, firstPage))!;
  return messages.map(({ seq, deliveredAt, readAt }) => ({ seq, deliveredAt, readAt }));
}

function testMarkRead(stores: () => StoresUnderTest): void {
  describe("marking as read", () => {
    it.each(["conversation", "sender"] as const)("by %s marks all of it [READ-3]", async (by) => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2", "3"]);
      await sendAll(history, [bob, alice], ["mine"]);
      const { conversationId } = sent[0]!;
      const target =
        by === "sender" ? { by, senderId: alice.id } : ({ by, conversationId } as const);
      const changes = await history.markRead(bob.id, target);
      expect(changes).toEqual([
        {
          conversationId,
          senderId: alice.id,
          senderName: "ALICE",
          messageIds: sent.map(({ id }) => id),
          readAt: expect.stringMatching(isoTime),
          unread: { count: 0, version: 4 },
        },
      ]);
      expect(await history.markRead(bob.id, target)).toEqual([]);
      expect(await history.listUnread(bob.id)).toMatchObject([{ count: 0, version: 4 }]);
      expect(await history.listUnread(alice.id)).toMatchObject([{ count: 1, version: 1 }]);
      await sendAll(history, [alice, bob], ["4"]);
      expect(await history.markRead(bob.id, target)).toMatchObject([
        { messageIds: [expect.any(Number)], unread: { count: 0, version: 6 } },
      ]);
    });

    it("by ids marks exactly those, holes included [READ-3]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2", "3", "4"]);
      const mark = (...seqs: number[]) =>
        history.markRead(bob.id, { by: "messages", messageIds: seqs.map((s) => sent[s - 1]!.id) });
      expect(await mark(4, 2, 2)).toMatchObject([
        { messageIds: [sent[1]!.id, sent[3]!.id], unread: { count: 2, version: 5 } },
      ]);
      const state = await stateOf(history, [bob, alice]);
      expect(state.map(({ readAt }) => readAt !== null)).toEqual([true, false, true, false]);
      expect(await mark(2, 3)).toMatchObject([{ messageIds: [sent[2]!.id], unread: { count: 1 } }]);
      expect(await mark(1)).toMatchObject([{ messageIds: [sent[0]!.id], unread: { count: 0 } }]);
      expect(await mark(1, 2, 3, 4)).toEqual([]);
      expect(await mark()).toEqual([]);
    });

    it("means delivered too, and moves no earlier mark [READ-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2"]);
      const [delivered] = await history.markDelivered(bob.id, [sent[0]!.id]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const [read] = (await history.markRead(bob.id, { by: "sender", senderId: alice.id }))!;
      const state = [
        { seq: 2, deliveredAt: read!.readAt, readAt: read!.readAt },
        { seq: 1, deliveredAt: delivered!.deliveredAt, readAt: read!.readAt },
      ];
      expect(await stateOf(history, [bob, alice])).toEqual(state);
      await history.markRead(bob.id, { by: "messages", messageIds: sent.map(({ id }) => id) });
      await history.markDelivered(bob.id, [sent[1]!.id]);
      expect(await stateOf(history, [bob, alice])).toEqual(state);
    });

    it("by ids of several conversations tells each change", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      const [one] = await sendAll(history, [alice!, bob!], ["1"]);
      const [two] = await sendAll(history, [carol!, bob!], ["2"]);
      const messageIds = [two!.id, one!.id];
      expect(await history.markRead(bob!.id, { by: "messages", messageIds })).toMatchObject([
        { conversationId: one!.conversationId, senderId: alice!.id, messageIds: [one!.id] },
        { conversationId: two!.conversationId, senderId: carol!.id, messageIds: [two!.id] },
      ]);
    });

    it("takes ten thousand ids", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const [sent] = await sendAll(history, [alice, bob], ["1"]);
      const messageIds = Array.from({ length: 10_000 }, (_, index) => sent!.id - 5_000 + index);
      const changes = await history.markRead(bob.id, { by: "messages", messageIds });
      expect(changes).toMatchObject([{ messageIds: [sent!.id] }]);
    });

    it("at once from many devices changes each message once [READ-1] [UNREAD-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2", "3", "4", "5", "6"]);
      const ids = sent.map(({ id }) => id);
      const answers = await Promise.all([
        ...ids.map((id) => history.markRead(bob.id, { by: "messages", messageIds: [id, ids[0]!] })),
        history.markRead(bob.id, { by: "sender", senderId: alice.id }),
        history.markRead(bob.id, { by: "messages", messageIds: ids.toReversed() }),
      ]);
      const marked = answers.flatMap((changes) => changes!.flatMap((c) => c.messageIds));
      expect(marked.toSorted((a, b) => a - b)).toEqual(ids);
      expect(await history.listUnread(bob.id)).toMatchObject([{ count: 0 }]);
    });
  });
}

function testForeign(stores: () => StoresUnderTest): void {
  describe("what is not the user's", () => {
    it("cannot be marked and looks like what does not exist [PRIV-1]", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      const [sent] = await sendAll(history, [alice!, bob!], ["1"]);
      const conversationId = sent!.conversationId;
      const mark = history.markRead;
      expect(await mark(carol!.id, { by: "conversation", conversationId })).toBeNull();
      const nowhere = { by: "conversation", conversationId: 8_999_999_999_999 } as const;
      expect(await mark(carol!.id, nowhere)).toBeNull();
      expect(await mark(carol!.id, { by: "sender", senderId: alice!.id })).toBeNull();
      expect(await mark(carol!.id, { by: "sender", senderId: 8_999_999_999_999 })).toBeNull();
      expect(await mark(carol!.id, { by: "sender", senderId: carol!.id })).toBeNull();
      const messageIds = [sent!.id, 8_999_999_999_999];
      expect(await mark(carol!.id, { by: "messages", messageIds })).toEqual([]);
      expect(await mark(alice!.id, { by: "messages", messageIds })).toEqual([]);
      expect(await history.listUnread(bob!.id)).toMatchObject([{ count: 1, version: 1 }]);
    });

    it("is passed over among what is [PRIV-1]", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      const [foreign] = await sendAll(history, [alice!, carol!], ["1"]);
      const [own] = await sendAll(history, [alice!, bob!], ["2"]);
      const messageIds = [foreign!.id, own!.id];
      const changes = await history.markRead(bob!.id, { by: "messages", messageIds });
      expect(changes).toMatchObject([{ messageIds: [own!.id] }]);
      expect(changes).toHaveLength(1);
      expect(await history.markDelivered(bob!.id, messageIds)).toEqual([]);
      expect(await history.listUnread(carol!.id)).toMatchObject([{ count: 1, version: 1 }]);
    });
  });
}

function testUnread(stores: () => StoresUnderTest): void {
  describe("unread counts", () => {
    it("grow with each message and tell whose it is [UNREAD-1]", async () => {
      const { users, history } = stores();
      const [alice, bob] = await newPeople(users, "alice", "bob");
      const nameless = await users.ensureUser({
        externalId: `nameless-${alice!.id}-${bob!.id}`,
        username: null,
        fullName: null,
        avatar: null,
      });
      const [one] = await sendAll(history, [alice!, bob!], ["1", "2"]);
      const [two] = await sendAll(history, [nameless, bob!], ["3"]);
      expect(await history.listUnread(bob!.id)).toEqual([
        {
          conversationId: one!.conversationId,
          count: 2,
          version: 2,
          otherUserId: alice!.id,
          otherUserName: "ALICE",
        },
        {
          conversationId: two!.conversationId,
          count: 1,
          version: 1,
          otherUserId: nameless.id,
          otherUserName: nameless.username,
        },
      ]);
      expect(await history.listUnread(alice!.id)).toEqual([]);
    });

    it("do not move when nothing was unread [UNREAD-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      await history.sendMessage(messageFrom(alice, bob));
      expect(await history.markRead(alice.id, { by: "sender", senderId: bob.id })).toEqual([]);
      expect(await history.listUnread(alice.id)).toEqual([]);
    });
  });
}
