import { describe, expect, it } from "vitest";
import type { HistoryStore } from "../../src/ports/history-store.ts";
import type { Person } from "../../src/protocol/person.ts";
import {
  allConversations,
  expectSent,
  firstPage,
  inParallel,
  isoTime,
  messageFrom,
  newPair,
  newPeople,
  sendAll,
} from "./history-people.ts";
import type { StoresUnderTest } from "./history-people.ts";

const nobodysId = 8_999_999_999_999_999;

export function testOpening(stores: () => StoresUnderTest): void {
  testOpen(stores);
  testOpenAtOnce(stores);
  testFind(stores);
}

async function open(history: HistoryStore, user: Person, other: Person) {
  return (await history.openConversation(user.id, other.id))!;
}

async function listedIds(history: HistoryStore, { id }: Person): Promise<number[]> {
  const list = await history.listConversations(id, allConversations);
  return list.map((conversation) => conversation.id);
}

function testOpen(stores: () => StoresUnderTest): void {
  describe("opening a conversation", () => {
    it("begins an empty one, with nothing unread, listed for the opener alone [PRIV-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const { conversation, isNew } = await open(history, alice, bob);
      expect(isNew).toBe(true);
      expect(conversation).toEqual({
        id: expect.any(Number),
        otherUser: bob,
        lastSeenAt: null,
        headSeq: 0,
        lastMessage: null,
        lastMessageAt: null,
        lastMessageByMe: false,
        unread: { count: 0, version: 0 },
        updatedAt: expect.stringMatching(isoTime),
      });
      const { id } = conversation;
      expect(await history.listConversations(alice.id, allConversations)).toEqual([conversation]);
      expect(await history.findConversation(alice.id, id)).toEqual(conversation);
      expect(await history.listConversations(bob.id, allConversations)).toEqual([]);
      expect(await history.findConversation(bob.id, id)).toBeNull();
      expect(await history.markRead(bob.id, { by: "conversation", conversationId: id })).toBeNull();
    });

    it("leaves an empty one with nothing to mark and nobody to be a partner", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const { conversation } = await open(history, alice, bob);
      const byId = { by: "conversation", conversationId: conversation.id } as const;
      expect(await history.markRead(alice.id, byId)).toEqual([]);
      expect(await history.markRead(alice.id, { by: "sender", senderId: bob.id })).toEqual([]);
      expect(await history.listUnread(alice.id)).toEqual([]);
      expect(await history.listPartnerIds(alice.id)).toEqual([]);
      const read = await history.readHistory(alice.id, bob.id, firstPage);
      expect(read).toMatchObject({ messages: [], hasMore: false });
    });

    it("again finds the same one, as it was", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const { conversation } = await open(history, alice, bob);
      expect(await open(history, alice, bob)).toEqual({ conversation, isNew: false });
    });

    it("from the other side is new there and tells nothing of the first opener [PRIV-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const { conversation } = await open(history, alice, bob);
      expect(await open(history, bob, alice)).toMatchObject({
        conversation: { id: conversation.id, otherUser: alice, headSeq: 0 },
        isNew: true,
      });
      expect(await listedIds(history, bob)).toEqual([conversation.id]);
    });

    it("that was written in finds it as it is listed", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      await sendAll(history, [alice, bob], ["1", "2"]);
      const [listed] = await history.listConversations(bob.id, allConversations);
      const answer = { conversation: listed, isNew: false };
      expect(await open(history, bob, alice)).toEqual(answer);
      expect(listed!.unread).toEqual({ count: 2, version: 2 });
    });

    it("lists it for both from the first message on", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const { id } = (await open(history, alice, bob)).conversation;
      const { message } = expectSent(await history.sendMessage(messageFrom(alice, bob)));
      expect(message).toMatchObject({ conversationId: id, seq: 1 });
      for (const person of [alice, bob]) {
        expect(await listedIds(history, person)).toEqual([id]);
        expect(await history.findConversation(person.id, id)).toMatchObject({
          headSeq: 1,
          lastMessageAt: message.createdAt,
          lastMessageByMe: person === alice,
          unread: { count: person === alice ? 0 : 1 },
          updatedAt: message.createdAt,
        });
      }
    });

    it("that a refused send left behind is new", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      await history.sendMessage(messageFrom(alice!, bob!, { clientId: "k" }));
      const refused = await history.sendMessage(messageFrom(alice!, carol!, { clientId: "k" }));
      expect(refused).toEqual({ status: "conflict" });
      const { conversation, isNew } = await open(history, alice!, carol!);
      expect(isNew).toBe(true);
      // The newest, although its row is older than the opening.
      expect((await listedIds(history, alice!))[0]).toBe(conversation.id);
      expect(await listedIds(history, carol!)).toEqual([]);
    });

    it("with nobody or oneself answers nothing and leaves nothing [PRIV-1]", async () => {
      const { users, history } = stores();
      const { alice } = await newPair(users);
      expect(await history.openConversation(alice.id, nobodysId)).toBeNull();
      expect(await history.openConversation(alice.id, alice.id)).toBeNull();
      expect(await history.openConversation(nobodysId, alice.id)).toBeNull();
      expect(await listedIds(history, alice)).toEqual([]);
    });
  });

  it("pages hold opened and written conversations in one order [HIST-1]", async () => {
    const { users, history } = stores();
    const [alice, ...others] = await newPeople(users, "alice", "b", "c", "d", "e", "f");
    for (const [index, other] of others.entries()) {
      if (index % 2 === 0) await open(history, alice!, other);
      else await sendAll(history, [other, alice!], ["hi"]);
      // Rows of one millisecond are ordered by id.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const all = await history.listConversations(alice!.id, allConversations);
    expect(all.map(({ otherUser }) => otherUser)).toEqual(others.toReversed());
    const paged = [];
    let before = null;
    for (let page = 0; page < 3; page += 1) {
      const part = await history.listConversations(alice!.id, { limit: 2, before });
      paged.push(...part);
      const { updatedAt, id } = part.at(-1)!;
      before = { updatedAt, id };
    }
    expect(paged).toEqual(all);
  });
}

function testOpenAtOnce(stores: () => StoresUnderTest): void {
  describe("opening at once", () => {
    it("from both sides, many times, is one conversation and new once to each", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, index) =>
          index % 2 === 0 ? open(history, alice, bob) : open(history, bob, alice),
        ),
      );
      const ids = new Set(answers.map(({ conversation }) => conversation.id));
      expect(ids.size).toBe(1);
      const isNew = answers.filter((answer) => answer.isNew);
      const seenBy = isNew.map(({ conversation }) => conversation.otherUser.id);
      expect(seenBy.toSorted((a, b) => a - b)).toEqual(
        [alice.id, bob.id].toSorted((a, b) => a - b),
      );
      expect(await listedIds(history, alice)).toEqual([...ids]);
      expect(await listedIds(history, bob)).toEqual([...ids]);
    });

    it("beside the first sends is one conversation without a hole in seq [SEND-3]", async () => {
      const { users, history } = stores();
      for (let round = 0; round < 5; round += 1) {
        const { alice, bob } = await newPair(users);
        const conversationIds = new Set<number>();
        const jobs = Array.from({ length: 24 }, (_, index) => async () => {
          const [one, other] = index % 2 === 0 ? [alice, bob] : [bob, alice];
          if (index % 3 === 0) {
            conversationIds.add((await open(history, one, other)).conversation.id);
          } else {
            const { message } = expectSent(await history.sendMessage(messageFrom(one, other)));
            conversationIds.add(message.conversationId);
          }
        });
        await inParallel(12, jobs);
        expect(conversationIds.size).toBe(1);
        const { messages } = (await history.readHistory(alice.id, bob.id, firstPage))!;
        const seqs = messages.map(({ seq }) => seq);
        expect(seqs).toEqual(Array.from({ length: 16 }, (_, index) => 16 - index));
        const [listed] = await history.listConversations(alice.id, allConversations);
        expect(listed).toMatchObject({ headSeq: 16, unread: { count: 8, version: 8 } });
      }
    }, 60_000);
  });
}

function testFind(stores: () => StoresUnderTest): void {
  describe("finding a conversation", () => {
    it("answers what the list says of it, to each its own view", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const [sent] = await sendAll(history, [alice, bob], ["1", "2"]);
      for (const person of [alice, bob]) {
        const [listed] = await history.listConversations(person.id, allConversations);
        expect(await history.findConversation(person.id, sent!.conversationId)).toEqual(listed);
      }
    });

    it("that is another's answers the same as none [PRIV-1]", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      const [sent] = await sendAll(history, [alice!, bob!], ["1"]);
      expect(await history.findConversation(carol!.id, sent!.conversationId)).toBeNull();
      expect(await history.findConversation(carol!.id, nobodysId)).toBeNull();
    });
  });
}
