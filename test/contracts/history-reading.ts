import { describe, expect, it } from "vitest";
import type { HistoryStore, MessagePage } from "../../src/ports/history-store.ts";
import type { Person } from "../../src/protocol/person.ts";
import {
  allConversations,
  expectSent,
  firstPage,
  isoTime,
  messageFrom,
  newPair,
  newPeople,
  sendAll,
  uploadFile,
} from "./history-people.ts";
import type { StoresUnderTest } from "./history-people.ts";

export function testReading(stores: () => StoresUnderTest): void {
  testPages(stores);
  testConversations(stores);

  describe("a range", () => {
    it("holds its messages, ascending, at most 500 [HUB-5]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2", "3", "4"]);
      const { conversationId } = sent[0]!;
      const since = sent[0]!.createdAt;
      const range = await history.listRange(conversationId, { fromSeq: 2, toSeq: 3, since });
      expect(range).toEqual([sent[1], sent[2]]);
      const late = { fromSeq: 1, toSeq: 4, since: "2999-01-01T00:00:00.000Z" };
      expect(await history.listRange(conversationId, late)).toEqual([]);
      const exact = { fromSeq: 4, toSeq: 4, since: sent[3]!.createdAt };
      expect(await history.listRange(conversationId, exact)).toEqual([sent[3]]);
      const none = { fromSeq: 5, toSeq: 9, since };
      expect(await history.listRange(conversationId, none)).toEqual([]);
    });
  });
}

function testPages(stores: () => StoresUnderTest): void {
  async function readSeqs(
    history: HistoryStore,
    [reader, other]: [Person, Person],
    page: Partial<MessagePage>,
  ): Promise<{ seqs: number[]; hasMore: boolean }> {
    const read = await history.readHistory(reader.id, other.id, { ...firstPage, ...page });
    return { seqs: read!.messages.map(({ seq }) => seq), hasMore: read!.hasMore };
  }

  describe("a page of history", () => {
    it("is null for a stranger who does not exist, and empty for one who does [PRIV-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      expect(await history.readHistory(alice.id, 8_999_999_999_999_999, firstPage)).toBeNull();
      expect(await history.readHistory(alice.id, bob.id, firstPage)).toEqual({
        conversationId: null,
        otherUser: bob,
        messages: [],
        hasMore: false,
        delivered: null,
      });
    });

    it("begins with the newest and says whether there is more [HIST-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2", "3", "4", "5"]);
      const pair: [Person, Person] = [bob, alice];
      const page = (page: Partial<MessagePage>) => readSeqs(history, pair, page);
      expect(await page({ limit: 2 })).toEqual({ seqs: [5, 4], hasMore: true });
      expect(await page({ limit: 5 })).toEqual({ seqs: [5, 4, 3, 2, 1], hasMore: false });
      expect(await page({ limit: 2, offset: 3 })).toEqual({ seqs: [2, 1], hasMore: false });
      expect(await page({ offset: 5 })).toEqual({ seqs: [], hasMore: false });
      const beforeId = sent[3]!.id;
      expect(await page({ limit: 2, beforeId })).toEqual({ seqs: [3, 2], hasMore: true });
      expect(await page({ limit: 2, beforeId, offset: 2 })).toEqual({ seqs: [1], hasMore: false });
      expect(await page({ beforeId: sent[0]!.id })).toEqual({ seqs: [], hasMore: false });
    });

    it("before an id that is not of this conversation is cut at that number all the same [HIST-1] [PRIV-1]", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      await sendAll(history, [alice!, bob!], ["1"]);
      const [foreign] = await sendAll(history, [carol!, bob!], ["not yours"]);
      await sendAll(history, [alice!, bob!], ["2"]);
      const before = (beforeId: number) => readSeqs(history, [alice!, bob!], { beforeId });
      expect(await before(foreign!.id)).toEqual({ seqs: [1], hasMore: false });
      expect(await before(1)).toEqual({ seqs: [], hasMore: false });
      expect(await before(Number.MAX_SAFE_INTEGER)).toEqual({ seqs: [2, 1], hasMore: false });
    });

    it("marks what it shows, and only that, as delivered to the reader [READ-2]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const sent = await sendAll(history, [alice, bob], ["1", "2", "3"]);
      const [own] = await sendAll(history, [bob, alice], ["4"]);
      const read = await history.readHistory(bob.id, alice.id, { ...firstPage, limit: 3 });
      const deliveredAt = read!.messages[1]!.deliveredAt!;
      expect(deliveredAt).toMatch(isoTime);
      expect(read).toEqual({
        conversationId: sent[0]!.conversationId,
        otherUser: alice,
        messages: [own, { ...sent[2], deliveredAt }, { ...sent[1], deliveredAt }],
        hasMore: true,
        delivered: {
          conversationId: sent[0]!.conversationId,
          senderId: alice.id,
          messageIds: [sent[1]!.id, sent[2]!.id],
          deliveredAt,
        },
      });
      const again = await history.readHistory(bob.id, alice.id, firstPage);
      expect(again!.messages[1]).toEqual(read!.messages[1]);
      expect(again!.delivered!.messageIds).toEqual([sent[0]!.id]);
      const last = await history.readHistory(bob.id, alice.id, firstPage);
      expect(last!.delivered).toBeNull();
    });

    it("read by many devices at once is delivered once, and all of them see when [READ-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      await sendAll(history, [alice, bob], ["1", "2", "3"]);
      const read = await Promise.all(
        Array.from({ length: 8 }, () => history.readHistory(bob.id, alice.id, firstPage)),
      );
      expect(read.filter((page) => page!.delivered !== null)).toHaveLength(1);
      const [first, ...others] = read.map((page) => page!.messages);
      expect(first!.every(({ deliveredAt }) => deliveredAt !== null)).toBe(true);
      for (const messages of others) expect(messages).toEqual(first);
    });
  });
}

function testConversations(stores: () => StoresUnderTest): void {
  describe("the list of conversations", () => {
    it("tells each side its own view", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      await sendAll(history, [alice, bob], ["hi", "there"]);
      const [message] = await sendAll(history, [bob, alice], ["hello"]);
      await users.saveLastSeen(bob.id, "2026-01-02T03:04:05.678Z");
      const shared = {
        id: message!.conversationId,
        headSeq: 3,
        lastMessage: "hello",
        lastMessageAt: message!.createdAt,
        updatedAt: message!.createdAt,
      };
      expect(await history.listConversations(alice.id, allConversations)).toEqual([
        {
          ...shared,
          otherUser: bob,
          lastSeenAt: "2026-01-02T03:04:05.678Z",
          lastMessageByMe: false,
          unread: { count: 1, version: 1 },
        },
      ]);
      expect(await history.listConversations(bob.id, allConversations)).toEqual([
        {
          ...shared,
          otherUser: alice,
          lastSeenAt: null,
          lastMessageByMe: true,
          unread: { count: 2, version: 2 },
        },
      ]);
    });

    it("shows 200 code points of a text, and a lone file by its name", async () => {
      const { users, history, uploads } = stores();
      const { alice, bob } = await newPair(users);
      const preview = async () =>
        (await history.listConversations(alice.id, allConversations))[0]!.lastMessage;
      await history.sendMessage(messageFrom(alice, bob, { text: "😀".repeat(300) }));
      expect(await preview()).toBe("😀".repeat(200));
      const attachment = await uploadFile(uploads, { name: "plan.pdf" });
      await history.sendMessage(messageFrom(alice, bob, { text: "", attachment }));
      expect(await preview()).toBe("plan.pdf");
    });

    it("comes newest first, in pages that neither repeat nor leave out [HIST-1]", async () => {
      const { users, history } = stores();
      const [alice, ...others] = await newPeople(users, "alice", "b", "c", "d", "e", "f");
      const hi = [];
      for (const other of others) hi.push(...(await sendAll(history, [alice!, other], ["hi"])));
      // Two of the same millisecond would be in the order in which they were first written to.
      for (let again = hi; again.at(-1)!.createdAt === hi.at(-1)!.createdAt;)
        again = await sendAll(history, [others[0]!, alice!], ["again"]);
      const all = await history.listConversations(alice!.id, allConversations);
      const expected = [others[0], ...others.slice(1).toReversed()];
      expect(all.map(({ otherUser }) => otherUser)).toEqual(expected);
      expect(await history.listPartnerIds(alice!.id)).toEqual(expected.map((other) => other!.id));
      let before = null;
      const paged = [];
      for (let page = 0; page < 4; page += 1) {
        const part = await history.listConversations(alice!.id, { limit: 2, before });
        paged.push(...part);
        const last = paged.at(-1)!;
        before = { updatedAt: last.updatedAt, id: last.id };
      }
      expect(paged).toEqual(all);
    });

    it("is empty for someone new", async () => {
      const { users, history } = stores();
      const { alice } = await newPair(users);
      expect(await history.listConversations(alice.id, allConversations)).toEqual([]);
      expect(await history.listUnread(alice.id)).toEqual([]);
      expect(await history.listPartnerIds(alice.id)).toEqual([]);
    });
  });

  it("keeps people apart who have nothing to do with each other [PRIV-1]", async () => {
    const { users, history } = stores();
    const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
    const sent = await history.sendMessage(messageFrom(alice!, bob!));
    const { message } = expectSent(sent);
    expect((await history.readHistory(carol!.id, alice!.id, firstPage))!.messages).toEqual([]);
    expect(await history.listConversations(carol!.id, allConversations)).toEqual([]);
    expect(await history.markDelivered(carol!.id, [message.id])).toEqual([]);
  });
}
