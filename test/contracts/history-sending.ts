import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { HistoryStore } from "../../src/ports/history-store.ts";
import type { Person } from "../../src/protocol/person.ts";
import {
  expectSent,
  firstPage,
  inParallel,
  isoTime,
  messageFrom,
  newFile,
  newPair,
  newPeople,
  sendAll,
  uploadFile,
} from "./history-people.ts";
import type { StoresUnderTest } from "./history-people.ts";

export function testSending(stores: () => StoresUnderTest): void {
  describe("a send", () => {
    it("answers the whole message and it is there to read [SEND-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const text = "Grüße 👋🏽\n\t'quoted' \"double\" \\ $1 {} ";
      const sent = await history.sendMessage(messageFrom(alice, bob, { text, clientId: "k1" }));
      const { message, receiverUnread } = expectSent(sent);
      expect(message).toEqual({
        id: expect.any(Number),
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        conversationId: expect.any(Number),
        seq: 1,
        sender: alice,
        receiver: bob,
        text,
        clientId: "k1",
        attachment: null,
        createdAt: expect.stringMatching(isoTime),
        deliveredAt: null,
        readAt: null,
      });
      expect(receiverUnread).toEqual({ count: 1, version: 1 });
      const read = await history.readHistory(alice.id, bob.id, firstPage);
      expect(read!.messages).toEqual([message]);
    });

    it("keeps an attachment with or without a text", async () => {
      const { users, history, uploads } = stores();
      const { alice, bob } = await newPair(users);
      const file = await uploadFile(uploads, {
        kind: "image",
        contentType: "image/png",
        size: 2 ** 40,
      });
      const { digest: _, ...attachment } = file;
      const sent = await history.sendMessage(
        messageFrom(alice, bob, { text: "", attachment: file }),
      );
      expect(expectSent(sent).message).toMatchObject({ text: "", attachment });
      const read = await history.readHistory(bob.id, alice.id, firstPage);
      expect(read!.messages[0]).toMatchObject({ text: "", attachment });
    });

    it("without a client id is a new message each time", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const messages = await sendAll(history, [alice, bob], ["same", "same"]);
      expect(messages.map(({ seq, clientId }) => [seq, clientId])).toEqual([
        [1, null],
        [2, null],
      ]);
    });

    it("to nobody is refused and leaves nothing behind", async () => {
      const { users, history } = stores();
      const { alice } = await newPair(users);
      const nobody = { ...alice, id: 8_999_999_999_999_999 };
      const outcome = await history.sendMessage(messageFrom(alice, nobody));
      expect(outcome).toEqual({ status: "unknown-receiver" });
      expect(await history.listPartnerIds(alice.id)).toEqual([]);
    });

    it("gives ids and times in the order of seq [SEND-3]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const messages = [
        ...(await sendAll(history, [alice, bob], ["1", "2"])),
        ...(await sendAll(history, [bob, alice], ["3", "4"])),
      ];
      expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect(messages).toEqual(messages.toSorted((a, b) => a.id - b.id));
      const times = messages.map(({ createdAt }) => createdAt);
      expect(times).toEqual(times.toSorted());
    });
  });

  testRepeating(stores);
  testLoad(stores);
}

function testRepeating(stores: () => StoresUnderTest): void {
  describe("a repeated send", () => {
    it("answers the first message as it is now, and counts nothing twice [SEND-2]", async () => {
      const { users, history, uploads } = stores();
      const { alice, bob } = await newPair(users);
      const attachment = await uploadFile(uploads);
      const again = messageFrom(alice, bob, { clientId: "k", attachment });
      const first = expectSent(await history.sendMessage(again)).message;
      const [delivered] = await history.markDelivered(bob.id, [first.id]);
      const repeated = { ...again, attachment: { ...attachment, id: randomUUID() } };
      const outcome = expectSent(await history.sendMessage(repeated), "replayed");
      expect(outcome.message).toEqual({ ...first, deliveredAt: delivered!.deliveredAt });
      expect(outcome.receiverUnread).toEqual({ count: 1, version: 1 });
    });

    it.each([
      ["text", { text: "other" }],
      ["file", { attachment: newFile() }],
    ])("with another %s is a conflict [SEND-2]", async (_, more) => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const message = messageFrom(alice, bob, { clientId: "k" });
      await history.sendMessage(message);
      const outcome = await history.sendMessage({ ...message, ...more });
      expect(outcome).toEqual({ status: "conflict" });
      expect((await history.readHistory(alice.id, bob.id, firstPage))!.messages).toHaveLength(1);
    });

    it("with other bytes or another name is a conflict [SEND-2]", async () => {
      const { users, history, uploads } = stores();
      const { alice, bob } = await newPair(users);
      const attached = await uploadFile(uploads);
      const message = messageFrom(alice, bob, { clientId: "k", attachment: attached });
      await history.sendMessage(message);
      for (const attachment of [null, newFile({ digest: "d2" }), newFile({ name: "b.txt" })]) {
        const outcome = await history.sendMessage({ ...message, attachment });
        expect(outcome).toEqual({ status: "conflict" });
      }
    });

    it("to another receiver is a conflict and begins no conversation [SEND-2]", async () => {
      const { users, history } = stores();
      const [alice, bob, carol] = await newPeople(users, "alice", "bob", "carol");
      await history.sendMessage(messageFrom(alice!, bob!, { clientId: "k" }));
      const outcome = await history.sendMessage(messageFrom(alice!, carol!, { clientId: "k" }));
      expect(outcome).toEqual({ status: "conflict" });
      expect(await history.listPartnerIds(carol!.id)).toEqual([]);
      const read = await history.readHistory(alice!.id, carol!.id, firstPage);
      expect(read).toMatchObject({ conversationId: null, messages: [] });
    });

    it("to two receivers at once is stored for one of them [SEND-2]", async () => {
      const { users, history } = stores();
      const [alice, ...others] = await newPeople(users, "alice", "bob", "carol", "dave", "erin");
      const outcomes = await Promise.all(
        others.map((other) => history.sendMessage(messageFrom(alice!, other, { clientId: "k" }))),
      );
      const statuses = outcomes.map(({ status }) => status).toSorted();
      expect(statuses).toEqual(["conflict", "conflict", "conflict", "stored"]);
    });

    it("by somebody else is a message of its own [SEND-2]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      await history.sendMessage(messageFrom(alice, bob, { clientId: "k" }));
      const outcome = await history.sendMessage(messageFrom(bob, alice, { clientId: "k" }));
      expect(expectSent(outcome).message.seq).toBe(2);
    });

    it("32 times at once is one row and 32 equal answers [SEND-2]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const message = messageFrom(alice, bob, { clientId: "k" });
      const outcomes = await Promise.all(
        Array.from({ length: 32 }, () => history.sendMessage(message)),
      );
      expect(outcomes.filter(({ status }) => status === "stored")).toHaveLength(1);
      const answers = outcomes.map((outcome) => JSON.stringify({ ...outcome, status: "" }));
      expect(new Set(answers).size).toBe(1);
      expect((await history.readHistory(bob.id, alice.id, firstPage))!.messages).toHaveLength(1);
      expect(await history.listUnread(bob.id)).toMatchObject([{ count: 1, version: 1 }]);
    });
  });
}

function testLoad(stores: () => StoresUnderTest): void {
  describe("crossed sends", () => {
    it("of 32 clients among 8 people leave no hole and count exactly [SEND-3] [UNREAD-1]", async () => {
      const { users, history } = stores();
      const people = await newPeople(users, "a", "b", "c", "d", "e", "f", "g", "h");
      // A fifth of them is sent twice at once.
      const messages = Array.from({ length: 800 }, (_, index) => {
        const sender = people[index % 8]!;
        const receiver = people[(index + 1 + (Math.floor(index / 8) % 7)) % 8]!;
        return messageFrom(sender, receiver, { clientId: `k${index}`, text: `${index}` });
      }).flatMap((message, index) => (index % 5 === 0 ? [message, message] : [message]));
      const outcomes = await inParallel(
        32,
        messages.map((message) => () => history.sendMessage(message)),
      );
      expect(outcomes.filter(({ status }) => status === "stored")).toHaveLength(800);
      expect(outcomes.filter(({ status }) => status === "replayed")).toHaveLength(160);
      for (const person of people) await expectExact(history, person);
    }, 60_000);

    it("of two people who also read, deliver and look leave no hole [SEND-3] [READ-1]", async () => {
      const { users, history } = stores();
      const { alice, bob } = await newPair(users);
      const jobs = Array.from({ length: 160 }, (_, index) => async () => {
        const [one, other] = index % 2 === 0 ? [alice, bob] : [bob, alice];
        const { message } = expectSent(await history.sendMessage(messageFrom(one, other)));
        if (index % 3 === 0) await history.readHistory(other.id, one.id, firstPage);
        if (index % 5 === 0) await history.markDelivered(other.id, [message.id]);
        if (index % 7 === 0) await history.markRead(other.id, { by: "sender", senderId: one.id });
        const messageIds = [message.id, message.id - 1, message.id - 2];
        if (index % 11 === 0) await history.markRead(other.id, { by: "messages", messageIds });
      });
      await inParallel(16, jobs);
      await expectExact(history, alice);
      await expectExact(history, bob);
    }, 60_000);
  });
}

/** Every conversation is numbered from 1 to its head, and its unread count is what its messages say. */
async function expectExact(history: HistoryStore, person: Person): Promise<void> {
  const list = await history.listConversations(person.id, { limit: null, before: null });
  expect(list.length).toBeGreaterThan(0);
  for (const { id, headSeq, unread } of list) {
    const range = { fromSeq: 0, toSeq: headSeq + 100, since: "1970-01-01T00:00:00.000Z" };
    const messages = await history.listRange(id, range);
    const seqs = messages.map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: headSeq }, (_, index) => index + 1));
    expect(messages).toEqual(messages.toSorted((a, b) => a.id - b.id));
    const theirs = messages.filter(({ sender }) => sender.id !== person.id);
    expect(unread.count).toBe(theirs.filter(({ readAt }) => readAt === null).length);
    expect(theirs.filter(({ readAt, deliveredAt }) => readAt && !deliveredAt)).toEqual([]);
  }
}
